/** Whatever others write into Redis: nothing of theirs is touched, and nobody believes wrongly. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, ForeignDataError, type Locker } from '@holdfast/core';
import { assert as check, asyncProperty, constantFrom, oneof, record, string } from 'fast-check';
import { oneServer } from '../redis/one-server.js';

const runs = { seed: 20_261_123, numRuns: 150 };

/** How another program may have written its value. */
const foreign = oneof(
  record({
    type: constantFrom('string'),
    write: string({ minLength: 1 }).map((value) => ['SET', value]),
  }),
  record({ type: constantFrom('hash'), write: string().map((value) => ['HSET', 'field', value]) }),
  record({ type: constantFrom('list'), write: string().map((value) => ['LPUSH', value]) }),
  record({ type: constantFrom('set'), write: string().map((value) => ['SADD', value]) }),
  record({ type: constantFrom('zset'), write: string().map((value) => ['ZADD', '1', value]) }),
  record({
    type: constantFrom('stream'),
    write: string().map((value) => ['XADD', '*', 'field', value]),
  }),
);

/** Near to what a locker is sent, and not it. */
const message = oneof(
  string(),
  string({ unit: constantFrom('0', '1', '9', ' ', '/', 'a', '\n', '-', 'lock:x') }),
  constantFrom(
    '1 a/1 lock:x',
    '1795443427202154 a/1 lock:x',
    ' 1  ',
    '1e3 a/1 lock:x',
    '9'.repeat(40),
  ),
);

suite('data of others', () => {
  const server = oneServer();

  test('under a lock key is left alone', async () => {
    const { witness, redis } = server;
    await using locker = await createLocker({ url: redis.url });
    const property = asyncProperty(foreign, async ({ type, write: [command = '', ...values] }) => {
      await witness.command('FLUSHALL');
      await witness.command(command, 'lock:x', ...values);
      const before = await witness.command('DUMP', 'lock:x');
      const attempts = [locker.tryAcquire('x'), locker.acquire('x', { waitTimeout: 0 })];
      for (const result of await Promise.allSettled(attempts)) {
        if (type === 'string') assert.ok(result.status === 'rejected' || result.value === null);
        else assert.ok(result.status === 'rejected' && result.reason instanceof ForeignDataError);
      }
      if (type !== 'string') await assert.rejects(locker.forceRelease('x'), ForeignDataError);
      assert.deepEqual(await witness.command('DUMP', 'lock:x'), before);
    });
    await check(property, runs);
  });

  test('under the keys that are ours gives an error or no effect, and no belief', async () => {
    const { witness, redis } = server;
    await using locker = await createLocker({ url: redis.url });
    const key = constantFrom('holdfast:clock', 'holdfast:queue:lock:x');
    const property = asyncProperty(
      key,
      foreign,
      async (ours, { write: [command = '', ...values] }) => {
        await witness.command('FLUSHALL');
        await witness.command(command, ours, ...values);
        await believesRightly(locker, (lockKey) => witness.command('GET', lockKey));
      },
    );
    await check(property, runs);
  });

  test('on the wake channel has no effect', async () => {
    const { witness, redis } = server;
    await using holder = await createLocker({ url: redis.url });
    await using waiter = await createLocker({ url: redis.url });
    const lock = await holder.acquire('x');
    let granted = false;
    const wait = waiter.acquire('x').then((next) => {
      granted = true;
      return next;
    });
    await witness.queued('lock:x', 1);
    const channels = (await witness.command('PUBSUB', 'SHARDCHANNELS')) as string[];
    assert.equal(channels.length, 1);
    const property = asyncProperty(message, async (text) => {
      assert.equal(await witness.command('SPUBLISH', channels[0] as string, text), 1);
      assert.equal(granted, false);
      assert.equal(lock.held, true);
    });
    await check(property, runs);
    // Whatever was sent has been read by now: what is handed over comes after it.
    await lock.release();
    await using next = await wait;
    assert.ok(next.fencingToken > lock.fencingToken);
  });
});

/** A lock that is believed to be held stands in Redis; one that cannot be had is an error. */
async function believesRightly(
  locker: Locker,
  read: (key: string) => Promise<unknown>,
): Promise<void> {
  const lock = await locker.tryAcquire('x').catch((error: unknown) => {
    assert.ok(error instanceof Error && 'code' in error, String(error));
    return null;
  });
  if (lock === null) return;
  assert.equal(await read('lock:x'), `${lock.token} ${lock.fencingToken}`);
  await lock
    .release()
    .catch((error: unknown) => assert.ok(error instanceof Error && 'code' in error));
}
