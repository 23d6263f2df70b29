/** A lock value with a true token and a fencing token that the server never gave. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { told } from '../contract/patience.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';
const QUEUE = `holdfast:queue:${KEY}`;

const server = oneServer();

/** By what they are called in the report. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  '2^53': '9007199254740992',
  '20 digits': '9'.repeat(20),
  '400 digits': '9'.repeat(400),
  'an exponent': '1e300',
  'a fraction': '1.5',
  'a negative number': '-5',
  zero: '0',
  letters: 'abc',
  infinity: 'inf',
  'no number': 'nan',
  'hexadecimal digits': '0x10',
  nothing: '',
};

suite('a lock is lost for its holder when its fencing token has become', () => {
  for (const [what, fence] of Object.entries(IMPOSSIBLE)) {
    test(what, async () => {
      await using locker = await createLocker({ url: server.redis.url });
      const lock = await locker.acquire('order:42');
      const value = `${lock.token} ${fence}`;
      await server.witness.command('SET', KEY, value, 'KEEPTTL');
      assert.equal(await locker.tryAcquire('order:42'), null);
      await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'taken' });
      assert.equal(lock.held, false);
      assert.equal(await server.witness.command('GET', KEY), value);
    });
  }
});

suite('a lock is somebody else’s, even under the token that waits, with a fencing token of', () => {
  for (const [what, fence] of Object.entries(IMPOSSIBLE)) {
    test(what, async () => {
      const { url } = server.redis;
      await using holder = await createLocker({ url });
      await using waiter = await createLocker({ url });
      const lock = await holder.acquire('order:42');
      const waited = waiter.acquire('order:42');
      await server.witness.queued(KEY, 1);
      const [member] = (await server.witness.command('ZRANGE', QUEUE, '0', '0')) as [string];
      const [token] = member.split(' ') as [string];
      await server.witness.command('SET', KEY, `${token} ${fence}`, 'PX', '300');
      // Whose channel was cut asks again, and finds its own token.
      const back = told(
        'holdfast:connection',
        ({ state, purpose }) => state === 'open' && purpose === 'wake',
      );
      await server.witness.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await back;
      await using next = await waited;
      const { fencingToken } = next;
      assert.ok(Number.isSafeInteger(fencingToken), String(fencingToken));
      assert.ok(fencingToken > lock.fencingToken, `${fencingToken} is no later grant`);
      assert.equal(await server.witness.command('GET', KEY), `${token} ${fencingToken}`);
    });
  }
});
