/** What an operator plans: another server takes over, and a fleet counts on another grace than before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocker, type Lock, type Locker, type LockerOptions } from '@holdfast/core';
import { type RedisServer, startSentinels } from '@holdfast/support';
import { type Shard, Shards } from '../cluster/shards.js';
import { until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { placeOf } from '../sentinel/place.js';
import { afterFirstStart } from './first-start.js';

/** Far above what it takes: a failover is some seconds, and a grace some more. */
const LONG = { timeout: 120_000 };

const SHORTER = { ttl: '8s', grace: '10.1s' } as const;
const GRACE = 12_100;
/** Fits both. */
const LONGER = { ttl: '8s', grace: GRACE } as const;
/** Only with the longer grace. */
const LONGER_TTL = '10s';

/** Where two servers can take over from each other. */
interface Ground extends AsyncDisposable {
  readonly where: LockerOptions;
  /** All that are masters when it begins. */
  readonly masters: readonly RawClient[];
  /** The name of a lock at the first of them. */
  name(): Promise<string>;
  /** As planned, the replica of that one takes over; resolves when it does, with a client of it. */
  failOver(): Promise<RawClient>;
}

async function bySentinels(): Promise<Ground> {
  const group = await startSentinels();
  const [master, replica] = group.servers as [RedisServer, RedisServer];
  const leader = await RawClient.open(master.url);
  let names = 0;
  return {
    where: placeOf(group),
    masters: [leader],
    name: async () => `order:${(names += 1)}`,
    async failOver() {
      await copied(leader, 'mark');
      await using sentinel = await RawClient.open((group.sentinels[0] as RedisServer).url);
      await sentinel.command('SENTINEL', 'FAILOVER', group.name);
      return await promoted(replica);
    },
    async [Symbol.asyncDispose]() {
      await leader[Symbol.asyncDispose]();
      await group[Symbol.asyncDispose]();
    },
  };
}

async function inACluster(): Promise<Ground> {
  const shards = await Shards.start({ masters: 3, replicas: 1, nodeTimeout: 5_000 });
  const [master, second, third, replica] = shards.all as [Shard, Shard, Shard, Shard];
  return {
    where: { url: second.server.url },
    masters: [master.client, second.client, third.client],
    name: () => shards.nameAt(master),
    async failOver() {
      await replica.client.command('CLUSTER', 'FAILOVER');
      return await promoted(replica.server);
    },
    [Symbol.asyncDispose]: () => shards[Symbol.asyncDispose](),
  };
}

/** Who was connected to a replica is cut off when that takes over. */
async function promoted({ url }: RedisServer): Promise<RawClient> {
  const ask = async (): Promise<RawClient | undefined> => {
    const client = await RawClient.open(url);
    const role = await client.command('ROLE').catch(() => []);
    if ((role as unknown[])[0] === 'master') return client;
    await client[Symbol.asyncDispose]();
    return undefined;
  };
  let client: RawClient | undefined;
  await until(async () => (client = await ask()) !== undefined, 'the replica has taken over');
  return client as RawClient;
}

/** WAIT is for what its own connection has written. */
async function copied(client: RawClient, mark: string): Promise<void> {
  await client.command('SET', mark, '1', 'PX', '1');
  assert.equal(await client.command('WAIT', '1', '5000'), 1);
}

/** Of all slots, as an operator does. */
async function forgetEpochs(client: RawClient): Promise<void> {
  const script = `
for _, key in ipairs(redis.call('KEYS', 'holdfast:*epoch:lock:')) do redis.call('DEL', key) end`;
  await client.command('EVAL', script, '0');
}

for (const [where, open] of Object.entries({
  'by sentinels': bySentinels,
  'in a cluster': inACluster,
})) {
  describe(`as planned, ${where}`, LONG, () => {
    test('another server takes over: what is held goes on, and others wait for one grace', async () => {
      await using ground = await open();
      const terms = { ...ground.where, ...LONGER };
      await using mine = await createLocker(terms);
      await using other = await createLocker(terms);
      await afterFirstStart(...ground.masters);
      const [name, free] = [await ground.name(), await ground.name()];
      await using held = await mine.acquire(name);
      // No grace that begins from now on is over before.
      const end = performance.now() + GRACE;
      await using _ = await ground.failOver();
      const left = async (): Promise<number | undefined> =>
        (await other.inspect(free)).graceRemaining;
      // Until the former one is not believed any more, there is none.
      await until(async () => (await left()) !== undefined, 'the grace is known of');
      assert.ok(Number(await left()) <= GRACE);
      await held.renew();
      const waits = { waitTimeout: '60s', onOutage: 'wait' } as const;
      const next = other.acquire(free, waits);
      const waiting = other.acquire(name, waits);
      await using lock = await next;
      assert.ok(performance.now() >= end, 'not before the grace is over');
      assert.ok(held.held && lock.fencingToken > held.fencingToken);
      await held.release();
      await using last = await waiting;
      assert.ok(last.fencingToken > lock.fencingToken && !held.signal.aborted);
    });

    test('a longer grace is rolled out, and the longer ttl comes when the shorter one is forgotten', async () => {
      await using ground = await open();
      const old = await createLocker({ ...ground.where, ...SHORTER });
      await afterFirstStart(...ground.masters);
      const [name, beside] = [await ground.name(), await ground.name()];
      const held = await old.acquire(name);
      // Old and young side by side, with the ttl that fits both.
      await using young = await createLocker({ ...ground.where, ...LONGER });
      const longer = (): Promise<Locker> =>
        createLocker({ ...ground.where, ...LONGER, ttl: LONGER_TTL });
      const taken = (): Promise<Lock | null> => young.tryAcquire(beside, { ttl: LONGER_TTL });
      await (await young.acquire(beside)).release();
      await assert.rejects(taken(), { code: 'GRACE_MISMATCH' });
      await assert.rejects(longer(), { code: 'GRACE_MISMATCH' });
      await held.release();
      await old.close();
      // A planned failover of this server forgets it, at the price of a grace there.
      await using successor = await ground.failOver();
      const isRefused = async (): Promise<boolean> => {
        await using early = await young.tryAcquire(beside);
        return early === null;
      };
      // The former one is believed for some moments.
      await until(isRefused, 'nobody is granted a lock');
      await afterFirstStart(successor);
      await using lock = await taken();
      assert.ok(lock?.held);
      // In a cluster, those of the other masters are deleted.
      const others = ground.masters.slice(1);
      if (others.length > 0) await assert.rejects(longer(), { code: 'GRACE_MISMATCH' });
      for (const client of others) await forgetEpochs(client);
      await using locker = await longer();
      assert.ok(locker);
    });
  });
}
