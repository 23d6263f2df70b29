/** The clock key is ours: whatever somebody else puts there, locks go on. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { acquire, type Answer, Batches, handedTo, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';

const CLOCK = 'holdfast:clock';

const server = oneServer();

const FOREIGN: Readonly<Record<string, readonly [command: string, ...values: string[]]>> = {
  list: ['RPUSH', 'apples'],
  hash: ['HSET', 'apples', '3'],
  set: ['SADD', 'apples'],
  zset: ['ZADD', '1', 'apples'],
  stream: ['XADD', '1-1', 'apples', '3'],
};

suite('locks are taken, renewed, handed on and given back over a clock key with', () => {
  for (const [type, [command, ...values]] of Object.entries(FOREIGN)) {
    test(`a ${type}`, async () => {
      const { url } = server.redis;
      const spoil = async (): Promise<void> => {
        await server.witness.command('DEL', CLOCK);
        await server.witness.command(command, CLOCK, ...values);
      };
      await using mine = await createLocker({ url });
      await using other = await createLocker({ url });
      const lock = await mine.acquire('order:42');

      await spoil();
      await lock.renew();
      assert.equal(await other.tryAcquire('order:42'), null);
      await spoil();
      const waited = other.acquire('order:42');
      await server.witness.queued('lock:order:42', 1);
      await lock.release();
      const next = await waited;
      assert.ok(next.fencingToken > lock.fencingToken);
      await spoil();
      await next.release();
      await spoil();
      await using last = await mine.acquire('order:42', { waitTimeout: 0 });
      assert.ok(last.fencingToken > next.fencingToken);
      // It is the clock again.
      assert.match(String(await server.witness.command('GET', CLOCK)), /^\d{16}\b/);
    });
  }
});

suite('a line that stood when the clock was lost', () => {
  const KEY = 'lock:order:42';
  const LOSSES = { deleted: [], overwritten: ['RPUSH', CLOCK, 'apples'] };

  for (const [how, put] of Object.entries(LOSSES)) {
    test(`is kept to by all who ask, and served at once: ${how}`, async () => {
      using batches = await Batches.open(server.redis.url);
      await batches.send(acquire(KEY, 'me/1'), acquire(KEY, 'me/2', { enqueue: true }));
      await server.witness.command('DEL', CLOCK);
      if (put.length > 0) await server.witness.command(...put);
      // Another lock begins the clock anew.
      await batches.send(acquire('lock:other', 'me/3'));
      assert.match(String(await server.witness.command('GET', CLOCK)), /^\d{16} \d{13}$/);
      const released = await batches.ask(batches.release(KEY, 'me/1'));
      assert.equal(handedTo(released), 'me/2');
    });
  }

  test('lets nobody pass who asks for the lock first', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire(KEY, 'me/1'), acquire(KEY, 'me/2', { enqueue: true }));
    await server.witness.command('DEL', CLOCK, KEY);
    const [first, both] = await batches.send(acquire(KEY, 'me/3'), {
      kind: 'acquireAll',
      key: KEY,
      members: [{ key: KEY, token: 'me/4' }],
      ttl: 60_000,
    });
    assert.deepEqual(kindsOf([first as Answer, both as Answer]), ['busy', 'blocked']);
    assert.match(String(await server.witness.command('GET', KEY)), /^me\/2 /);
    assert.equal(await server.witness.command('EXISTS', `holdfast:queue:${KEY}`), 0);
  });
});

test('the first lock on an empty server looks at no line, nor do those after it', async () => {
  using batches = await Batches.open(server.redis.url);
  assert.deepEqual(await server.witness.command('KEYS', '*'), []);
  const before = await server.witness.calls('exists');
  await batches.send(acquire('lock:x', 'me/1'));
  await batches.send(batches.release('lock:x', 'me/1'), acquire('lock:y', 'me/2'));
  assert.equal((await server.witness.calls('exists')) - before, 0);
  assert.match(String(await server.witness.command('GET', CLOCK)), /^\d{16}$/);
});
