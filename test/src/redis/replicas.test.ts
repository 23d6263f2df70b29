/** With `replicas`, nobody believes in what only the master has. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import {
  createLocker,
  type Locker,
  type LockerOptions,
  memoryStore,
  NotReplicatedError,
} from '@holdfast/core';
import { type RedisServer, startProxy, startRedis } from '@holdfast/support';
import { aborted, until } from '../contract/patience.js';
import { RawClient } from './raw-client.js';

/** Far above what any of them takes. */
const TIMEOUT = 300_000;

/** What replicas may take that are not stuck, on a busy machine. */
const PATIENT = '5s';

describe('with replicas', { timeout: TIMEOUT }, () => {
  let master: RedisServer;
  let replicas: readonly RedisServer[];
  let witness: RawClient;
  before(async () => {
    master = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
    witness = await RawClient.open(master.url);
    const args = ['--replicaof', '127.0.0.1', String(master.port)];
    replicas = await Promise.all([startRedis({ args }), startRedis({ args })]);
  });
  beforeEach(async () => {
    for (const replica of replicas) replica.resume();
    await until(async () => (await witness.command('WAIT', '2', '100')) === 2, 'both follow');
  });
  after(async () => {
    await witness[Symbol.asyncDispose]();
    for (const server of [master, ...replicas]) await server[Symbol.asyncDispose]();
  });

  /** Stands still. It is taken for gone after a minute. */
  const stop = (...places: number[]): void => {
    for (const place of places) replicas[place]?.pause();
  };

  function refused(acknowledged: number, wanted: number, lockName: string, operation = 'acquire') {
    return (error: unknown): true => {
      assert(error instanceof NotReplicatedError, String(error));
      const { code, replicas: asked, address } = error;
      assert.deepEqual(
        { code, acknowledged: error.acknowledged, asked, address, lockName: error.lockName },
        { code: 'NOT_REPLICATED', acknowledged, asked: wanted, address: master.url, lockName },
      );
      assert.equal(error.operation, operation);
      return true;
    };
  }

  /** Somebody who waits for no replica gets it, long before a lease would be over. */
  async function isGivenBack(name: string): Promise<void> {
    await using other = await createLocker({ url: master.url });
    await using lock = await other.acquire(name, { waitTimeout: '5s' });
    assert.ok(lock.held);
  }

  const impatient = (wanted: number): Promise<Locker> =>
    createLocker({ url: master.url, replicas: wanted, replicaTimeout: 50 });

  test('a lock that they have is granted, also when the script has to be loaded', async () => {
    await witness.command('SCRIPT', 'FLUSH');
    await using locker = await createLocker({
      url: master.url,
      replicas: 2,
      replicaTimeout: PATIENT,
    });
    await using lock = await locker.acquire('order');
    for (const { url } of replicas) {
      await using there = await RawClient.open(url);
      assert.ok(String(await there.command('GET', 'lock:order')).startsWith(lock.token));
    }
    await lock.renew();
  });

  test('one that is stuck is not waited for without end: the lock is given back', async () => {
    await using locker = await impatient(1);
    stop(0, 1);
    await assert.rejects(locker.acquire('order'), refused(0, 1, 'order'));
    await assert.rejects(locker.tryAcquire('other'), refused(0, 1, 'other'));
    await isGivenBack('order');
    await isGivenBack('other');
  });

  test('with one of two there is one acknowledgement', async () => {
    await using locker = await impatient(2);
    await using modest = await createLocker({
      url: master.url,
      replicas: 1,
      replicaTimeout: PATIENT,
    });
    stop(1);
    await assert.rejects(locker.acquire('order'), refused(1, 2, 'order'));
    await using lock = await modest.acquire('order');
    assert.ok(lock.held);
  });

  test('several locks are granted or given back together', async () => {
    await using locker = await impatient(1);
    await using all = await locker.acquire(['a', 'b']);
    await all.release();
    stop(0, 1);
    await assert.rejects(locker.acquire(['a', 'b']), refused(0, 1, 'a'));
    await isGivenBack('a');
    await isGivenBack('b');
  });

  test('a renewal that only the master has does not lengthen the lease', async () => {
    await using locker = await impatient(1);
    const lock = await locker.acquire('order', { ttl: 2_000 });
    stop(0, 1);
    const end = lock.remaining + performance.now();
    await assert.rejects(lock.renew(), refused(0, 1, 'order', 'renew'));
    assert.ok(performance.now() + lock.remaining <= end + 1, 'not longer than it was');
    await aborted(lock.signal);
    assert.ok(Number(await witness.command('PTTL', 'lock:order')) > 0, 'the master has it');
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  });

  test('a lock that is handed on is believed when they have it', async () => {
    await using holder = await createLocker({ url: master.url });
    await using locker = await impatient(1);
    const held = await holder.acquire('order');
    const waiting = locker.acquire('order');
    await witness.queued('lock:order', 1);
    stop(0, 1);
    const outcome = assert.rejects(waiting, refused(0, 1, 'order'));
    await held.release();
    await outcome;
    await isGivenBack('order');
  });

  test('who waits behind one that was given back is not told of that, and has its turn', async () => {
    await using holder = await createLocker({ url: master.url });
    await using locker = await createLocker({
      url: master.url,
      replicas: 1,
      replicaTimeout: '1s',
    });
    const held = await holder.acquire('order');
    const first = locker.acquire('order');
    await witness.queued('lock:order', 1);
    const second = locker.acquire('order');
    await witness.queued('lock:order', 2);
    stop(0, 1);
    const outcome = assert.rejects(first, refused(0, 1, 'order'));
    await held.release();
    await outcome;
    for (const replica of replicas) replica.resume();
    await using lock = await second;
    assert.ok(lock.held);
  });

  test('it is adopted when they have the renewal', async () => {
    await using locker = await impatient(1);
    await using other = await impatient(1);
    const lock = await locker.acquire('order');
    stop(0, 1);
    await assert.rejects(other.adopt(lock.toJSON()), refused(0, 1, 'order', 'adopt'));
    assert.ok(lock.held);
    await lock.release();
  });

  test('who may not wait for them is told so', async () => {
    const rights = `~* &* +@all -wait`.split(' ');
    await witness.command('ACL', 'SETUSER', 'hasty', 'on', '>secret', ...rights);
    await using locker = await createLocker({
      url: master.url.replace('//', '//hasty:secret@'),
      replicas: 1,
    });
    await assert.rejects(locker.acquire('order'), (error) => {
      assert(error instanceof NotReplicatedError);
      assert.match((error.cause as Error).message, /^NOPERM .*wait/);
      return true;
    });
    await isGivenBack('order');
  });

  test('what asks for none sends nothing more', async () => {
    await using locker = await createLocker({ url: master.url });
    const sent = await witness.calls('wait');
    await using lock = await locker.acquire('order');
    await lock.renew();
    assert.equal(await witness.calls('wait'), sent);
  });
});

test('a master that becomes a replica is waited for no longer: its successor is asked', async () => {
  await using former = await startRedis();
  await using successor = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  await using replica = await startRedis({
    args: ['--replicaof', '127.0.0.1', String(successor.port)],
  });
  await using there = await RawClient.open(successor.url);
  await until(async () => (await there.command('WAIT', '1', '100')) === 1, 'it follows');
  await using address = await startProxy({ port: former.port });
  await using locker = await createLocker({
    url: address.url,
    replicas: 1,
    replicaTimeout: '10s',
  });
  // So that the script is there: what loads it waits behind the replicas.
  await using ordinary = await createLocker({ url: former.url });
  await (await ordinary.acquire('other')).release();
  await using witness = await RawClient.open(former.url);
  const waiting = locker.acquire('order');
  await until(async () => (await witness.command('EXISTS', 'lock:order')) === 1, 'it is granted');
  address.lead(successor.port);
  await witness.command('REPLICAOF', '127.0.0.1', String(successor.port));
  await using lock = await waiting;
  assert.ok(String(await there.command('GET', 'lock:order')).startsWith(lock.token));
  assert.ok(replica.pid !== undefined);
});

test('where there are none to wait for, that is said before anything is opened', async () => {
  const wrong: readonly [LockerOptions, RegExp][] = [
    [{ replicas: 0 }, /^replicas: /],
    [{ replicas: 1.5 }, /^replicas: /],
    [{ replicaTimeout: 100 }, /^replicaTimeout: /],
    [{ replicas: 1, replicaTimeout: 0 }, /^replicaTimeout: /],
    [{ replicas: 1, store: memoryStore() }, /^replicas and store: /],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(createLocker(options), (error) => {
      assert(error instanceof TypeError || error instanceof RangeError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
});
