/** Whatever a lock or a prefix is called: two names are two locks, and one name is one. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { assert as check, asyncProperty, constantFrom, oneof, string } from 'fast-check';
import { eventually } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

const odd = constantFrom(
  '\0',
  'a\0b',
  '\n',
  '\r\n$3\r\nfoo',
  ' ',
  '{x}',
  '"',
  "'",
  '%s',
  '\u2028',
  '\ufeff',
  '\ufffd',
  '😀',
  'é',
  'e\u0301',
  '__proto__',
  'holdfast',
  'queue:',
  '1 a/1 lock:x',
);
const strange = oneof(odd, string({ unit: 'binary', minLength: 1, maxLength: 20 }));

suite('strange names', () => {
  const server = oneServer();
  nothingUnhandled();

  test('are locks like others, also when they are handed on', async () => {
    const property = asyncProperty(oneof(odd, constantFrom('')), strange, async (prefix, name) => {
      const options = { url: server.redis.url, keyPrefix: `p${prefix}` };
      await using holder = await createLocker(options);
      await using waiter = await createLocker(options);
      const key = `p${prefix}${name}`;
      const lock = await holder.acquire(name);
      const value = `${lock.token} ${lock.fencingToken}`;
      assert.equal(await server.witness.command('GET', key), value);
      assert.equal(await waiter.tryAcquire(name), null);
      const wait = waiter.acquire(name);
      await server.witness.queued(key, 1);
      await lock.release();
      // Long before the poll: the message with the name in it was understood.
      const next = await eventually(wait, 'the lock');
      assert.equal(await server.witness.command('GET', key), `${next.token} ${next.fencingToken}`);
      await next.release();
      assert.deepEqual(await server.witness.command('KEYS', '*'), ['holdfast:clock']);
    });
    await check(property, runs(40));
  });

  test('that are very long are locks like others', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const name = 'x'.repeat(16_000);
    const lock = await locker.acquire(name);
    assert.equal(await locker.tryAcquire(name), null);
    const other = await locker.acquire(`${name}y`);
    const wait = locker.acquire(name);
    await lock.release();
    await (await wait).release();
    await other.release();
    await assert.rejects(lock.renew(), (error: Error) => {
      assert.equal(error.name, 'LockLostError');
      return error.message.length < 1_000;
    });
  });

  test('that lead into the keys that are ours are refused, however they are put together', async () => {
    const { url } = server.redis;
    const ours = ['holdfast:', 'holdfast:clock', 'holdfast:queue:lock:x', 'holdfast:wake:a'];
    for (const key of [...ours, `holdfast:${'x'.repeat(100_000)}`]) {
      for (let cut = 0; cut < Math.min(key.length, 12); cut += 1) {
        const keyPrefix = key.slice(0, cut);
        if (keyPrefix.startsWith('holdfast:')) {
          await assert.rejects(createLocker({ url, keyPrefix }), { name: 'RangeError' });
          continue;
        }
        await using locker = await createLocker({ url, keyPrefix });
        for (const call of [
          () => locker.acquire(key.slice(cut)),
          () => locker.forceRelease(key.slice(cut)),
          () => locker.adopt({ name: key.slice(cut), token: 'a/1', fencingToken: 1, ttl: 1_000 }),
        ]) {
          await assert.rejects(call(), (error: Error) => {
            assert.ok(error instanceof RangeError);
            assert.ok(error.message.length < 1_000);
            return true;
          });
        }
      }
    }
    assert.deepEqual(await server.witness.command('KEYS', '*'), []);
  });
});
