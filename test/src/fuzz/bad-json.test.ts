/** Whatever is given to `adopt`: it is the JSON of a lock that is held, or nothing is held. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker, type Locker, LockLostError, memoryStore } from '@holdfast/core';
import {
  anything,
  type Arbitrary,
  assert as check,
  asyncProperty,
  constantFrom,
  double,
  integer,
  oneof,
  record,
} from 'fast-check';
import { anyText } from './any-text.js';
import { oneServer } from '../redis/one-server.js';
import { hostile, Trap } from './hostile.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

const token = oneof(
  constantFrom('a/1', 'a/', '/1', ' /1', 'a/1 2', 'a/\0', 'a/\n', `a/${'1'.repeat(100_000)}`),
  anyText.map((part) => `a/${part}`),
  anyText,
);

/** Nearly right: all that is wrong is the odd character, number or field. */
const nearly = record({
  name: oneof(constantFrom('x', ''), anyText),
  token,
  fencingToken: oneof(integer({ min: 1 }), double(), constantFrom(2 ** 53, 1e300, Infinity)),
  ttl: oneof(constantFrom(10, 1_000, '1s', 2 ** 31 - 1, 2 ** 31), integer(), double()),
});
const json: Arbitrary<unknown> = oneof(
  nearly,
  nearly.map((one) => JSON.parse(`{"__proto__": ${JSON.stringify(one)}}`) as unknown),
  record({ name: anything(), token: anything(), fencingToken: anything(), ttl: anything() }),
  hostile('name', 'token', 'fencingToken', 'ttl'),
  anything(),
);

async function isRefused(locker: Locker, given: unknown): Promise<void> {
  await assert.rejects(locker.adopt(given as never), (error) => {
    if (error instanceof Trap) return true;
    const refused = error instanceof TypeError || error instanceof RangeError;
    assert.ok(refused || error instanceof LockLostError, String(error));
    assert.ok(error.message.length < 1_000, 'a message is short, whatever was given');
    return true;
  });
}

suite('what is no lock in JSON', () => {
  const server = oneServer();
  nothingUnhandled();

  test('is not adopted', async () => {
    await using locker = await createLocker({ store: memoryStore() });
    await check(
      asyncProperty(json, (given) => isRefused(locker, given)),
      runs(400),
    );
  });

  test('does no harm to what goes to Redis at the same time', async () => {
    await using locker = await createLocker({ url: server.redis.url });
    const property = asyncProperty(nearly, async (given) => {
      const before = locker.acquire('before');
      const refused = isRefused(locker, given);
      const after = locker.acquire('after');
      await refused;
      for (const lock of [await before, await after]) await lock.release();
    });
    await check(property, runs(200));
  });
});
