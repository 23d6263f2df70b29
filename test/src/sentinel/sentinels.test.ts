/** Sentinels come, go, lie and fall silent, while the master stays. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocker, type Locker, RedisUnreachableError } from '@holdfast/core';
import {
  type RedisSentinels,
  type RedisServer,
  startProxy,
  startRedis,
  startSentinels,
  type TcpProxy,
} from '@holdfast/support';
import { told } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';
import { placeOf } from './place.js';

/** Far above what any of them takes. */
const TIMEOUT = 120_000;

describe('sentinels', () => {
  let group: RedisSentinels;
  let master: RedisServer;
  let witness: RawClient;
  before(async () => {
    group = await startSentinels({ replicas: 0 });
    master = group.servers[0] as RedisServer;
    witness = await RawClient.open(master.url);
  });
  after(async () => {
    await witness[Symbol.asyncDispose]();
    await group[Symbol.asyncDispose]();
  });

  /** In the first three. */
  const sentinel = (place: number): RedisServer => group.sentinels[place] as RedisServer;

  /** A way to a sentinel that names another server than the master. */
  async function liar(place: number, other: RedisServer): Promise<TcpProxy> {
    const proxy = await startProxy({ port: sentinel(place).port });
    proxy.rewrite((chunk, direction) => {
      if (direction === 'up') return chunk;
      const text = chunk.toString('latin1').replaceAll(String(master.port), String(other.port));
      return Buffer.from(text, 'latin1');
    });
    return proxy;
  }

  /** Takes a lock on connections that are made for that, and says whether the master has it. */
  async function takesAtMaster(locker: Locker): Promise<boolean> {
    await witness.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await using lock = await locker.acquire('order');
    return String(await witness.command('GET', 'lock:order')).startsWith(lock.token);
  }

  test('one that lies is outvoted, also if it is asked first', { timeout: TIMEOUT }, async () => {
    await using stray = await startRedis();
    await using lies = await liar(0, stray);
    await using honest = await startProxy({ port: sentinel(1).port });
    await using alike = await startProxy({ port: sentinel(2).port });
    for (const proxy of [honest, alike]) proxy.delay(20);
    await using locker = await createLocker(placeOf(group, [lies, honest, alike]));
    assert.ok(await takesAtMaster(locker));
    await using other = await RawClient.open(stray.url);
    assert.deepEqual(await other.command('KEYS', '*'), []);
  });

  test('of two that differ neither is believed', { timeout: TIMEOUT }, async () => {
    await using stray = await startRedis();
    await using lies = await liar(0, stray);
    await using gone = await startRedis();
    await gone.kill();
    await assert.rejects(createLocker(placeOf(group, [lies, sentinel(1), gone])), (error) => {
      assert(error instanceof RedisUnreachableError);
      assert.match(error.message, /redis\+sentinel:.*\/orders cannot be found: .*do not agree/);
      assert.ok(error.message.includes(String(master.port)), error.message);
      assert.ok(error.message.includes(String(stray.port)), error.message);
      return true;
    });
  });

  test(
    'where all lie, nothing is done at the replica that they name',
    { timeout: TIMEOUT },
    async () => {
      await using replica = await startRedis({
        args: ['--replicaof', '127.0.0.1', String(master.port)],
      });
      await using first = await liar(0, replica);
      await using second = await liar(1, replica);
      await using third = await liar(2, replica);
      const liars = [first, second, third];
      await assert.rejects(createLocker(placeOf(group, liars)), {
        code: 'REDIS_UNSUPPORTED',
        address: replica.url,
        message: /it is a replica/,
      });
      await using locker = await createLocker(placeOf(group));
      assert.ok(await takesAtMaster(locker));
    },
  );

  test('a name that none of them knows is told', { timeout: TIMEOUT }, async () => {
    const place = placeOf(group);
    await assert.rejects(createLocker({ sentinel: { ...place.sentinel, name: 'ordres' } }), {
      code: 'REDIS_UNREACHABLE',
      message: /no sentinel knows a master named "ordres"/,
    });
  });

  test('what is no sentinel is told, and where it is', { timeout: TIMEOUT }, async () => {
    await assert.rejects(createLocker(placeOf(group, [master])), {
      code: 'REDIS_UNREACHABLE',
      message: new RegExp(`redis://127.0.0.1:${master.port}.*it is no sentinel`),
    });
  });

  test('servers and sentinels are reached as they are mapped', { timeout: TIMEOUT }, async () => {
    await using mapped = await startProxy({ port: master.port });
    const place = placeOf(group);
    const asked: string[] = [];
    await using locker = await createLocker({
      sentinel: {
        ...place.sentinel,
        nodeAddressMap(address) {
          asked.push(address);
          const isMaster = address === `127.0.0.1:${master.port}`;
          return isMaster ? { host: 'localhost', port: mapped.port } : undefined;
        },
      },
    });
    await using lock = await locker.acquire('order');
    assert.ok(lock.held && mapped.connections > 0);
    assert.ok(asked.includes(`127.0.0.1:${sentinel(0).port}`));
  });

  test(
    'while all are silent, what stands goes on, and nothing is opened',
    { timeout: TIMEOUT },
    async () => {
      await using locker = await createLocker({ ...placeOf(group), commandTimeout: 1_000 });
      await using lock = await locker.acquire('order');
      for (const one of group.sentinels) one.pause();
      try {
        await lock.renew();
        await witness.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        await assert.rejects(lock.renew(), { code: 'REDIS_UNREACHABLE', operation: 'renew' });
        assert.ok(lock.held, 'until its lease is over');
      } finally {
        for (const one of group.sentinels) one.resume();
      }
      await told(
        'holdfast:connection',
        ({ purpose, state }) => purpose === 'commands' && state === 'open',
      );
      await lock.renew();
    },
  );

  test(
    'one that is gone is not missed; a new one is met, and enough alone',
    { timeout: TIMEOUT },
    async () => {
      await using locker = await createLocker(placeOf(group, [sentinel(0), sentinel(1)]));
      const roots = group.sentinels.slice(0, 3);
      await roots[0]?.kill();
      assert.ok(await takesAtMaster(locker));
      const reached = told('holdfast:connection', ({ address, purpose }) => {
        return purpose === 'sentinel' && !roots.some(({ url }) => url === address);
      });
      await Promise.all([group.startSentinel(), reached]);
      await roots[1]?.kill();
      await roots[2]?.kill();
      assert.ok(await takesAtMaster(locker));
    },
  );
});
