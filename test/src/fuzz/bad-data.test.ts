/** Whatever others write into Redis: nothing of theirs is touched, and nobody believes wrongly. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, ForeignDataError, HoldfastError, type Locker } from '@holdfast/core';
import {
  array,
  assert as check,
  asyncProperty,
  boolean,
  constantFrom,
  oneof,
  string,
} from 'fast-check';
import { eventually } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import { collection, foreign, nearValue } from './foreign.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

const KEY = 'lock:x';
const QUEUE = `holdfast:queue:${KEY}`;

suite('data of others', () => {
  const server = oneServer();
  nothingUnhandled();

  async function put(key: string, [command, ...values]: readonly string[]): Promise<unknown> {
    await server.witness.command('DEL', key);
    await server.witness.command(command as string, key, ...values);
    return server.witness.command('DUMP', key);
  }

  test('under a lock key is left alone', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const property = asyncProperty(foreign, async ({ type, write }) => {
      const before = await put(KEY, write);
      const attempts = [locker.tryAcquire('x'), locker.acquire('x', { waitTimeout: 0 })];
      for (const result of await Promise.allSettled(attempts)) {
        if (type === 'string') assert.ok(result.status === 'rejected' || result.value === null);
        else assert.ok(result.status === 'rejected' && result.reason instanceof ForeignDataError);
      }
      if (type !== 'string') await assert.rejects(locker.forceRelease('x'), ForeignDataError);
      assert.deepEqual(await server.witness.command('DUMP', KEY), before);
    });
    await check(property, runs(150));
  });

  test('in the place of a held lock ends belief, and is not released', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const property = asyncProperty(
      oneof(foreign, nearValue),
      boolean(),
      async (written, renewFirst) => {
        await server.witness.command('DEL', KEY);
        const lock = await locker.acquire('x', { renew: false });
        const { token, fencingToken } = lock;
        const write =
          typeof written === 'function' ? ['SET', written(token, fencingToken)] : written.write;
        const before = await put(KEY, write);
        // What is no string is not told.
        const isString = (await server.witness.command('TYPE', KEY)) === 'string';
        const loss = { code: 'LOCK_LOST', reason: isString ? 'taken' : 'gone' };
        if (renewFirst) {
          await assert.rejects(lock.renew(), loss);
          assert.equal(lock.held, false);
        }
        await assert.rejects(lock.release(), loss);
        await assert.rejects(locker.adopt(lock.toJSON()), { code: 'LOCK_LOST' });
        assert.deepEqual(await server.witness.command('DUMP', KEY), before);
      },
    );
    await check(property, runs(150));
  });

  test('in the place of a lock that somebody waits for ends the wait, and is left alone', async () => {
    await using holder = await createLocker({ url: server.redis.url });
    await using waiter = await createLocker({ url: server.redis.url });
    const property = asyncProperty(collection, async ({ type, write }) => {
      await server.witness.command('DEL', KEY);
      const lock = await holder.acquire('x');
      const wait = waiter.acquire('x');
      wait.catch(() => {});
      await server.witness.queued(KEY, 1);
      const before = await put(KEY, write);
      await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
      // The wait asks again at once, and not with the next poll.
      await server.witness.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await assert.rejects(eventually(wait, 'an error'), { code: 'FOREIGN_DATA', type });
      assert.deepEqual(await server.witness.command('DUMP', KEY), before);
      await server.witness.queued(KEY, 0);
    });
    await check(property, runs(15));
  });

  test('under the keys that are ours gives an error or no effect, and no belief', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const key = constantFrom('holdfast:clock', QUEUE);
    const property = asyncProperty(key, foreign, async (ours, { write }) => {
      await server.witness.command('FLUSHALL');
      await put(ours, write);
      await believesRightly(locker);
    });
    await check(property, runs(150));
  });

  test('in a line is passed over', async () => {
    await using holder = await createLocker({ url: server.redis.url });
    await using waiter = await createLocker({ url: server.redis.url });
    const member = oneof(
      string({ minLength: 1 }),
      constantFrom(
        'a/1',
        'a/1 ',
        'a/1 0',
        'a/1 -5',
        'a/1 1e9',
        'a/1 99999999999999999',
        'a/1 2147483648',
        ' ',
        '/ 1',
      ),
      constantFrom('a/1 10 ', 'a/1 10  10', '\n', 'a\n/1 10', '%d/1 10', 'gone/1 10'),
    );
    const score = constantFrom('-inf', '-1', '0', '1', '1e300');
    const property = asyncProperty(array(member, { maxLength: 5 }), score, async (members, at) => {
      await server.witness.command('FLUSHALL');
      const lock = await holder.acquire('x');
      const wait = waiter.acquire('x');
      await server.witness.queued(KEY, 1);
      for (const one of members) await server.witness.command('ZADD', QUEUE, at, one);
      await lock.release();
      const next = await eventually(wait, 'the lock');
      const value = `${next.token} ${next.fencingToken}`;
      assert.equal(await server.witness.command('GET', KEY), value);
      await next.release();
    });
    await check(property, runs(60));
  });

  test('in a line that a newer version may have written is waited for, and says so', async () => {
    await using holder = await createLocker({ url: server.redis.url });
    const word = string({ minLength: 1, unit: constantFrom('a', 'Z', '0', '=', '/', ':', '{') });
    const words = array(word, { minLength: 1, maxLength: 3 }).map((one) => one.join(' '));
    const property = asyncProperty(words, async (more) => {
      await server.witness.command('FLUSHALL');
      const lock = await holder.acquire('x');
      // It takes a line for the clock to tell that there may be one.
      const wait = holder.acquire('x', { waitTimeout: '1h' });
      await server.witness.queued(KEY, 1);
      const member = `newer/1 60000 ${more}`;
      await server.witness.command('ZADD', QUEUE, '1', member);
      await lock.release();
      assert.equal(await server.witness.command('EXISTS', KEY), 0);
      await assert.rejects(holder.tryAcquire('x'), {
        code: 'REDIS_REFUSED',
        message: /HOLDFAST_VERSION lock:x /,
      });
      assert.deepEqual(await server.witness.command('ZRANGE', QUEUE, '0', '0'), [member]);
      await server.witness.command('ZREM', QUEUE, member);
      // Whoever asks goes on with the line.
      assert.equal(await holder.tryAcquire('x'), null);
      await (await eventually(wait, 'the lock')).release();
    });
    await check(property, runs(20));
  });

  async function believesRightly(locker: Locker): Promise<void> {
    const lock = await locker.tryAcquire('x').catch((error: unknown) => {
      assert.ok(error instanceof HoldfastError, String(error));
      return null;
    });
    if (lock === null) return;
    assert.ok(Number.isSafeInteger(lock.fencingToken) && lock.fencingToken > 0);
    const value = `${lock.token} ${lock.fencingToken}`;
    assert.equal(await server.witness.command('GET', KEY), value);
    await lock.release().catch((error: unknown) => assert.ok(error instanceof HoldfastError));
  }
});
