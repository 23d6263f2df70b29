/** Whatever a caller gives: it is either fine, or a TypeError or RangeError, and nothing is held. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  createLocker,
  HoldfastError,
  type Lock,
  LockLostError,
  type Locker,
  type LockerOptions,
  memoryStore,
} from '@holdfast/core';
import {
  anything,
  type Arbitrary,
  assert as check,
  asyncProperty,
  boolean,
  constantFrom,
  dictionary,
  double,
  integer,
  oneof,
  record,
  string,
} from 'fast-check';

const runs = { seed: 20_261_123, numRuns: 400 };

/** Any code unit, also half a surrogate pair. */
const text = string({
  unit: integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});
const span = oneof(
  integer(),
  double(),
  constantFrom('1s', '10 ms', '1.5h', '0.5ms', '-1s', '1e3', '١s', '5 parsecs', ''),
  anything(),
);
const options = oneof(
  record(
    { ttl: span, waitTimeout: span, renew: oneof(boolean(), anything()), signal: anything() },
    { requiredKeys: [] },
  ),
  dictionary(oneof(constantFrom('ttl', 'wait', '__proto__', 'toString'), string()), anything()),
  anything(),
);

async function use(lock: Lock | null): Promise<void> {
  assert.equal(lock?.held, true);
  await lock?.release();
}

/** Runs the call; true if it succeeded, and false if it refused its input as it should. */
async function accepted(call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
    assert.match(error.message, /\S/);
    return false;
  }
}

async function forAll<T>(inputs: Arbitrary<T>, act: (locker: Locker, input: T) => Promise<void>) {
  await using locker = await createLocker({ store: memoryStore() });
  await check(
    asyncProperty(inputs, (input) => act(locker, input)),
    runs,
  );
}

suite('bad input', () => {
  test('a name is taken or refused, by what it is alone', () =>
    forAll(oneof(text, anything()), async (locker, name) => {
      const fine = typeof name === 'string' && name !== '' && name.isWellFormed();
      assert.equal(await accepted(async () => use(await locker.tryAcquire(name as string))), fine);
    }));

  test('options are taken or refused', () =>
    forAll(options, async (locker, given) => {
      await accepted(async () => use(await locker.acquire('x', given as object)));
      assert.equal(await accepted(async () => use(await locker.tryAcquire('x'))), true);
    }));

  test('options of a locker are taken or refused', () =>
    forAll(
      record(
        {
          keyPrefix: oneof(text, anything()),
          pool: oneof(record({ min: anything(), max: anything() }), anything()),
          connectTimeout: span,
          commandTimeout: span,
          ttl: span,
        },
        { requiredKeys: [] },
      ),
      async (_, given) => {
        const store = memoryStore();
        await accepted(async () => {
          await using locker = await createLocker({ ...given, store } as LockerOptions);
          await use(await locker.tryAcquire('y', { ttl: '1s' }));
        });
      },
    ));

  test('what is no lock in JSON is not adopted', () =>
    forAll(
      oneof(
        record({
          name: oneof(text, anything()),
          token: oneof(constantFrom('a/1', 'a/', '/1', ' /1', 'a/1 2'), text, anything()),
          fencingToken: oneof(integer(), double(), anything()),
          ttl: span,
        }),
        anything(),
      ),
      async (locker, json) => {
        try {
          await locker.adopt(json as never);
          assert.fail('adopted');
        } catch (error) {
          const refused = error instanceof TypeError || error instanceof RangeError;
          assert.ok(refused || error instanceof LockLostError, String(error));
        }
      },
    ));

  test('an error of a caller is never one of those that callers catch', async () => {
    await using locker = await createLocker({ store: memoryStore() });
    await assert.rejects(
      locker.acquire('', {}),
      (error) => error instanceof TypeError && !(error instanceof HoldfastError),
    );
  });
});
