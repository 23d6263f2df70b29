/**
 * Another server becomes the master: because it was told to, because the former one is stopped, or
 * gone. One that comes back says for ten seconds that it is a master, and takes writes.
 */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { after, before, describe, test } from 'node:test';
import { createLocker, type DiagnosticMessages } from '@holdfast/core';
import { type RedisSentinels, type RedisServer, startSentinels } from '@holdfast/support';
import { told } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { placeOf } from './place.js';

/** Far above what any of them takes: a failover is some 2 s. */
const TIMEOUT = 120_000;

/** From the first write that the new master accepts until the lock is handed on, in ms. */
const PATIENCE = 2_000;

/** Longer than a failover lasts on a busy machine: what is called during one succeeds after it. */
const TERMS = { commandTimeout: '30s' } as const;

describe('another server becomes the master', () => {
  let group: RedisSentinels;
  before(async () => {
    group = await startSentinels();
  });
  after(() => group[Symbol.asyncDispose]());

  interface Pair {
    readonly master: RedisServer;
    readonly replica: RedisServer;
  }

  function takesOver(
    how: string,
    begin: (pair: Pair, followed: Promise<unknown>) => Promise<unknown>,
    comeBack: (master: RedisServer) => Promise<unknown>,
  ): void {
    test(how, { timeout: TIMEOUT }, async () => {
      await using opened = openedConnections();
      const { master, replica } = await pairOf(group);
      await using holder = await createLocker({ ...placeOf(group), ...TERMS });
      await using waiter = await createLocker({ ...placeOf(group), ...TERMS });
      // Its connections are open, and nothing is said on them meanwhile.
      await using idle = await createLocker({ ...placeOf(group), ...TERMS });
      const held = await holder.acquire('order');
      await using kept = await holder.acquire('kept');
      const waiting = waiter.acquire('order', { waitTimeout: '30s' });
      await using witness = await RawClient.open(master.url);
      await witness.queued('lock:order', 1);
      // What the replica has not yet is lost with its master; nothing here is about that. Asked is for what
      // this connection has written.
      await witness.command('SET', 'mark', '1', 'PX', '1');
      assert.equal(await witness.command('WAIT', '1', '5000'), 1);

      const changes = told('holdfast:topology', ({ to }) => to === replica.url, 3);
      await begin({ master, replica }, changes);
      const releasing = held.release();
      const accepted = await firstWrite(replica);
      await using next = await waiting;
      const took = performance.now() - accepted;
      assert.ok(next.fencingToken > held.fencingToken);
      assert.ok(took < PATIENCE, `handed on ${took} ms after the new master's first write`);
      await Promise.all([releasing, next.renew(), kept.renew(), changes]);

      opened.addresses.clear();
      await comeBack(master);
      await using newcomer = await createLocker({ ...placeOf(group), ...TERMS });
      let last = next.fencingToken;
      for (const locker of [idle, newcomer, holder, waiter]) {
        await using lock = await locker.acquire('another');
        assert.ok(lock.fencingToken > last);
        last = lock.fencingToken;
        assert.equal(await lockedAt(replica, 'another'), lock.token);
      }
      assert.ok(!opened.addresses.has(master.url), 'nobody connects to the former master');
      await follow(group, master, replica);
    });
  }

  takesOver(
    'when the former one is gone; it is started again, and not believed',
    ({ master }) => master.kill(),
    async (master) => {
      await master.start();
      assert.equal(await roleOf(master), 'master');
    },
  );

  takesOver(
    'when the former one stands still; it goes on, and is not believed',
    async ({ master }) => master.pause(),
    async (master) => {
      master.resume();
      assert.equal(await roleOf(master), 'master');
    },
  );

  takesOver(
    'as it was told to',
    async (_, followed) => {
      await using sentinel = await RawClient.open((group.sentinels[0] as RedisServer).url);
      await sentinel.command('SENTINEL', 'FAILOVER', group.name);
      // What the former one takes until then can be lost with it.
      await followed;
    },
    async () => {},
  );
});

/** Where connections for locks were opened to. */
function openedConnections(): AsyncDisposable & { readonly addresses: Set<string> } {
  const addresses = new Set<string>();
  const listener = (message: unknown): void => {
    const { address, purpose, state } = message as DiagnosticMessages['holdfast:connection'];
    if (purpose !== 'sentinel' && state === 'open') addresses.add(address);
  };
  subscribe('holdfast:connection', listener);
  return {
    addresses,
    async [Symbol.asyncDispose]() {
      unsubscribe('holdfast:connection', listener);
    },
  };
}

async function pairOf(
  group: RedisSentinels,
): Promise<{ master: RedisServer; replica: RedisServer }> {
  const [, port] = await group.masterBy(group.sentinels[0] as RedisServer);
  const master = group.servers.find((server) => server.port === Number(port)) as RedisServer;
  const replica = group.servers.find((server) => server !== master) as RedisServer;
  return { master, replica };
}

/** Resolves with the moment at which it took one. */
async function firstWrite({ url }: RedisServer): Promise<number> {
  await using witness = await RawClient.open(url);
  for (;;) {
    try {
      await witness.command('SET', 'mark', '1', 'PX', '1');
      return performance.now();
    } catch {
      // It is a replica yet.
    }
  }
}

async function roleOf({ url }: RedisServer): Promise<unknown> {
  await using witness = await RawClient.open(url);
  return ((await witness.command('ROLE')) as unknown[])[0];
}

/** Which owner token stands there. */
async function lockedAt({ url }: RedisServer, name: string): Promise<string | undefined> {
  await using witness = await RawClient.open(url);
  return String(await witness.command('GET', `lock:${name}`)).split(' ')[0];
}

/** The sentinels would do that themselves, after ten seconds. */
async function follow(
  group: RedisSentinels,
  replica: RedisServer,
  master: RedisServer,
): Promise<void> {
  await using witness = await RawClient.open(replica.url);
  await witness.command('REPLICAOF', '127.0.0.1', String(master.port));
  await group.ready();
}
