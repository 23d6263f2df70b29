/** Whatever stands under the clock key: fencing tokens are safe integers that rise, or there are none. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, RedisRefusedError } from '@holdfast/core';
import {
  assert as check,
  asyncProperty,
  bigInt,
  constantFrom,
  double,
  oneof,
  string,
} from 'fast-check';
import { oneServer } from '../redis/one-server.js';
import { collection } from './foreign.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

const CLOCK = 'holdfast:clock';

const nonsense = oneof(
  constantFrom('inf', '-inf', 'nan', '1e300', '-1', '0x7fffffffffffff', '', ' 12', '12 ', '1.5'),
  constantFrom('5 99999999999999', `5 ${'9'.repeat(400)}`, '5 -1', '5  5', '5 5 5', '5 x', 'x 5'),
  constantFrom('9007199254740990', '9007199254740991', '9007199254740993', '9'.repeat(400)),
  bigInt({ min: 9_000_000_000_000_001n, max: 2n ** 70n }).map(String),
  double().map(String),
  string(),
);

suite('the clock', () => {
  const server = oneServer();
  nothingUnhandled();

  test('counts nothing that it did not write itself', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const property = asyncProperty(nonsense, async (value) => {
      await server.witness.command('DEL', CLOCK);
      const before = await locker.acquire('x');
      await before.release();
      let last = before.fencingToken;
      await server.witness.command('SET', CLOCK, value);
      for (let turn = 0; turn < 2; turn += 1) {
        await using lock = await locker.acquire('x');
        const { token, fencingToken } = lock;
        assert.ok(Number.isSafeInteger(fencingToken), `${fencingToken} is a safe integer`);
        assert.ok(fencingToken > last, `${fencingToken} is above ${last}`);
        last = fencingToken;
        assert.equal(await server.witness.command('GET', 'lock:x'), `${token} ${fencingToken}`);
      }
    });
    // A number that the clock can have written is taken at its word: it is of the past.
    await check(property, { ...runs(200), examples: [['5'], ['1700000000000000']] });
  });

  test('counts nothing that is no text, and locks that are held stay so', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const property = asyncProperty(collection, async ({ write: [command, ...values] }) => {
      await using held = await locker.acquire('held');
      const released = await locker.acquire('x');
      await server.witness.command('DEL', CLOCK);
      await server.witness.command(command, CLOCK, ...values);
      await held.renew();
      await released.release();
      await using lock = await locker.acquire('x');
      assert.ok(lock.fencingToken > released.fencingToken);
      // Nobody knows who waits: the clock says for how long every line is looked at.
      const [last] = String(await server.witness.command('GET', CLOCK)).split(' ');
      assert.equal(last, String(lock.fencingToken));
    });
    await check(property, runs(50));
  });

  test('refuses to go on at its end, and leaves every lock as it is', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const held = await locker.acquire('held');
    await server.witness.command('SET', CLOCK, '8999999999999999');
    const last = await locker.acquire('x');
    assert.equal(last.fencingToken, 9_000_000_000_000_000);
    await assert.rejects(locker.acquire('y'), (error) => {
      assert.ok(error instanceof RedisRefusedError);
      assert.match(error.message, /holdfast:clock has come to its end/);
      return true;
    });
    assert.equal(await server.witness.command('EXISTS', 'lock:y'), 0);
    await held.renew();
    await held.release();
    await last.release();
  });
});
