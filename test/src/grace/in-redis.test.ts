import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Duration, type Locker, type LockerOptions } from '@holdfast/core';
import { startRedis } from '@holdfast/support';
import { LEAST_PRIVILEGE } from '../contract/acl.js';
import { told, until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';

const TERMS = { ttl: '1s', grace: '3.1s' } as const;
const EPOCH = 'holdfast:epoch:lock:';
const LONG = { timeout: 120_000 };

test('a lock outlives a server that is killed and has kept nothing', LONG, async () => {
  await using redis = await startRedis();
  const open = (): Promise<Locker> =>
    createLocker({ url: redis.url, ttl: '2s', grace: '4s', commandTimeout: '500ms' });
  await using mine = await open();
  await using other = await open();
  await using lock = await mine.acquire('order:42');
  const reclaimed = told('holdfast:grace', (event) => event.state === 'reclaimed');
  await redis.kill();
  await redis.start();
  await reclaimed;
  assert.ok(lock.held);
  assert.equal(await other.tryAcquire('order:42'), null);
});

test('a server that can drop a lock, or does not say who it is, is refused', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  const open = (terms: LockerOptions): Promise<Locker> =>
    createLocker({ url: redis.url, ...terms });
  await admin.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
  await assert.rejects(open(TERMS), { code: 'REDIS_UNSUPPORTED', message: /volatile-lru/ });
  await using without = await open({});
  await without.using('order:42', () => {});
});

test('what grace needs besides is +info and +hgetall, and its lack is told', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  await admin.command('ACL', 'SETUSER', 'worker', 'on', '>secret', ...LEAST_PRIVILEGE.split(' '));
  const url = `redis://worker:secret@127.0.0.1:${redis.port}`;
  await assert.rejects(createLocker({ url, ...TERMS }), { code: 'REDIS_REFUSED', message: /info/ });
  await admin.command('ACL', 'SETUSER', 'worker', '+info', '+hgetall');
  await using locker = await createLocker({ url, ...TERMS });
  await using lock = await locker.acquire('order:42');
  assert.ok(lock.held);
});

test('without grace nothing is asked and nothing is kept for it', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  await using locker = await createLocker({ url: redis.url });
  const before = await admin.calls('info');
  await locker.using('order:42', () => {});
  // Those of this witness alone.
  assert.equal((await admin.calls('info')) - before, 1);
  assert.equal(await admin.command('EXISTS', EPOCH), 0);
});

test(
  'a lock that nobody waits for is given back without a look at whose data it is',
  LONG,
  async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    await using locker = await createLocker({ url: redis.url, ...TERMS });
    const lock = await locker.acquire('order:42');
    await admin.command('DEL', EPOCH);
    const before = await admin.calls('info');
    await lock.release();
    // That of this witness alone.
    assert.equal((await admin.calls('info')) - before, 1);
    assert.equal(await admin.command('EXISTS', 'lock:order:42', EPOCH), 0);
    assert.equal(await locker.tryAcquire('order:42'), null);
    assert.equal(await admin.command('EXISTS', EPOCH), 1);
  },
);

test(
  'the end of a lease is told by the time, also where fencing tokens are ahead of it',
  LONG,
  async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    await using locker = await createLocker({ url: redis.url, ...TERMS });
    await locker.using('order:42', () => {});
    for (const ahead of [0, 3_600_000]) {
      await admin.command('SET', 'holdfast:clock', String((Date.now() + ahead) * 1_000));
      const lock = await locker.acquire('order:42');
      assert.ok(lock.fencingToken >= (Date.now() - 1_000 + ahead) * 1_000);
      const { leaseEnd = 0 } = lock.handOver();
      assert.ok(Math.abs(leaseEnd - Date.now()) < 2_000, `it ends at ${leaseEnd}`);
      await admin.command('DEL', 'lock:order:42');
    }
  },
);

test('two prefixes have an epoch each', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  await using mine = await createLocker({ url: redis.url, ...TERMS });
  await using others = await createLocker({ url: redis.url, ...TERMS, keyPrefix: 'jobs:' });
  await Promise.all([mine.acquire('a'), others.acquire('a')]);
  await admin.command('DEL', EPOCH);
  assert.equal(await mine.tryAcquire('b'), null);
  await using lock = await others.tryAcquire('b');
  assert.ok(lock?.held);
});

test(
  'a grace is made longer in a running fleet: first everywhere, then the ttl',
  LONG,
  async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    const open = (grace: Duration): Promise<Locker> =>
      createLocker({ url: redis.url, ttl: '300ms', grace });
    await using old = await open('2.4s');
    await old.using('order:42', () => {});
    // Those with the longer one work beside the others, with a ttl that fits both.
    await using young = await open('3.4s');
    await young.using('order:42', () => {});
    await assert.rejects(young.acquire('order:42', { ttl: '1s' }), {
      code: 'GRACE_MISMATCH',
      needed: 3_000,
      shortest: 2_400,
    });
    await assert.rejects(young.acquire(['a', 'b'], { ttl: '1s' }), { code: 'GRACE_MISMATCH' });
    // One that would ask for it with each call is told before it is open.
    await assert.rejects(createLocker({ url: redis.url, ttl: '1s', grace: '3.4s' }), {
      name: 'GraceMismatchError',
      needed: 3_000,
      shortest: 2_400,
    });
    await assert.rejects(young.acquire('c', { ttl: '1s', mode: 'shared' }), {
      code: 'GRACE_MISMATCH',
    });
    await old.close();
    // What they counted on is kept with the epoch: it ends with that, for the price of one grace.
    await admin.command('DEL', EPOCH);
    await using lock = await young.acquire('order:42', { ttl: '1s' });
    assert.ok(lock.held);
  },
);

test('a grace begins when the first locker is opened, not with its first call', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  await using locker = await createLocker({ url: redis.url, ...TERMS });
  assert.equal(await admin.command('EXISTS', EPOCH), 1);
  const began = await admin.command('GET', EPOCH);
  assert.equal(await locker.tryAcquire('order:42'), null);
  assert.equal(await admin.command('GET', EPOCH), began);
});

test(
  'a look needs no right more, and believes what is written where it may not ask',
  LONG,
  async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    await using mine = await createLocker({ url: redis.url, ...TERMS });
    await mine.using('order:42', () => {});
    await admin.command('ACL', 'SETUSER', 'worker', 'on', '>secret', ...LEAST_PRIVILEGE.split(' '));
    const readers = await Promise.all(
      ['', 'worker:secret@'].map((user) => {
        return createLocker({ url: `redis://${user}127.0.0.1:${redis.port}` });
      }),
    );
    const left = (): Promise<(number | undefined)[]> => {
      const looks = [mine, ...readers].map((locker) => locker.inspect('order:42', { grace: true }));
      return Promise.all(looks).then((seen) => seen.map(({ graceRemaining }) => graceRemaining));
    };
    assert.deepEqual(await left(), [undefined, undefined, undefined]);
    // As of a reign that is over, with nothing lost: a locker that asks for no lock begins nothing.
    const [, end = '', , began, reign = ''] = String(await admin.command('GET', EPOCH)).split(' ');
    const former = `${'0'.repeat(40)} ${end} 3100 ${began} ${'0'.repeat(reign.length)}`;
    await admin.command('SET', EPOCH, former);
    assert.deepEqual(await left(), [3_100, 3_100, undefined]);
    assert.equal(await admin.command('GET', EPOCH), former);
    assert.equal(await mine.tryAcquire('order:42'), null);
    for (const shown of await left()) assert.ok((shown ?? 0) > 0 && (shown ?? 0) <= 3_100);
    for (const reader of readers) await reader.close();
  },
);

test('nonsense in place of an epoch begins another one', LONG, async () => {
  await using redis = await startRedis();
  await using admin = await RawClient.open(redis.url);
  await using locker = await createLocker({ url: redis.url, ...TERMS });
  await using lock = await locker.acquire('order:42');
  for (const nonsense of ['', 'x', 'x 1 2', '1 2 3 4', '1 2 3 4 5']) {
    await admin.command('SET', EPOCH, nonsense);
    assert.equal(await locker.tryAcquire('order:43'), null);
    await until(async () => String(await admin.command('GET', EPOCH)).length > 80, 'a new one');
  }
  assert.ok(lock.held);
});

test(
  'a server that is demoted and promoted again begins an epoch; one that gets a replica does not',
  LONG,
  async () => {
    await using redis = await startRedis();
    await using admin = await RawClient.open(redis.url);
    await using locker = await createLocker({ url: redis.url, ...TERMS });
    await using lock = await locker.acquire('order:42');
    const epoch = async (): Promise<string[]> =>
      String(await admin.command('GET', EPOCH)).split(' ');
    const [history, , , began, reign] = await epoch();
    await using replica = await startRedis();
    await using follower = await RawClient.open(replica.url);
    await follower.command('REPLICAOF', '127.0.0.1', String(redis.port));
    await until(
      async () => String(await admin.command('INFO', 'replication')).includes('connected_slaves:1'),
      'the replica has come',
    );
    await lock.renew();
    const second = await epoch();
    assert.deepEqual([second[4], second[3]], [reign, began]);
    assert.notEqual(second[0], history);
    // It finds no master there, and keeps its process and its data.
    await admin.command('REPLICAOF', '127.0.0.1', '1');
    await admin.command('REPLICAOF', 'NO', 'ONE');
    assert.equal(await locker.tryAcquire('order:43'), null);
    const third = (await epoch())[4] ?? '';
    assert.ok(third.startsWith(`${reign}:`), third);
    assert.ok(lock.held);
  },
);
