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
import { anyText } from './any-text.js';
import { falseSignal, hostile, revoked, Trap } from './hostile.js';
import { runs } from './runs.js';
import { nothingUnhandled } from './unhandled.js';

const span = oneof(
  integer(),
  double(),
  constantFrom('1s', '10 ms', '1.5h', '0.5ms', '-1s', '1e3', '١s', '5 parsecs', ''),
  constantFrom(`${'9'.repeat(400)}s`, 'x'.repeat(100_000), 2 ** 31, 2 ** 53, -0, 5n),
  anything(),
);
const options = oneof(
  record(
    {
      ttl: span,
      waitTimeout: span,
      renew: oneof(boolean(), anything()),
      signal: oneof(falseSignal, anything()),
    },
    { requiredKeys: [] },
  ),
  hostile('ttl', 'waitTimeout', 'renew', 'signal'),
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
    // What an object throws when it is looked at is the caller's own.
    if (error instanceof Trap) return false;
    assert.ok(error instanceof TypeError || error instanceof RangeError, String(error));
    assert.match(error.message, /\S/);
    assert.ok(error.message.length < 1_000, 'a message is short, whatever was given');
    return false;
  }
}

async function forAll<T>(inputs: Arbitrary<T>, act: (locker: Locker, input: T) => Promise<void>) {
  const property = asyncProperty(inputs, async (input) => {
    await using locker = await createLocker({ store: memoryStore() });
    await act(locker, input);
  });
  await check(property, runs(400));
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

/** Of names that are all different. */
function isList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > 64) return false;
  return value.every(isName) && new Set(value).size === value.length;
}

suite('bad input', () => {
  nothingUnhandled();

  test('a name is taken or refused, by what it is alone', () =>
    forAll(oneof(anyText, anything()), async (locker, name) => {
      const fine = isName(name) || isList(name);
      assert.equal(await accepted(async () => use(await locker.tryAcquire(name as string))), fine);
    }));

  test('options are taken or refused', () =>
    forAll(options, async (locker, given) => {
      await accepted(async () => use(await locker.acquire('x', given as object)));
      assert.equal(await accepted(async () => use(await locker.tryAcquire('x'))), true);
    }));

  test('what a lock or a locker is asked for besides is taken or refused', () =>
    forAll(oneof(span, anyText, options), async (locker, given) => {
      const lock = await locker.acquire('x');
      await accepted(() => lock.renew(given as number));
      await accepted(async () => assert.equal(await locker.forceRelease(given as string), false));
      await accepted(() => locker.using('y', given as object, async (held) => use(held)));
      await accepted(() => locker.using('y', given as () => void));
      await accepted(async () => use(await locker.adopt(lock.toJSON(), given as object)));
      await lock.release().catch((error: unknown) => assert.ok(error instanceof LockLostError));
      assert.equal(await locker.tryAcquire('y').then(async (one) => use(one)), undefined);
    }));

  test('options of a locker are taken or refused', () =>
    forAll(
      oneof(
        record(
          {
            keyPrefix: oneof(
              anyText,
              constantFrom('holdfast', 'holdfast:', 'HOLDFAST:'),
              anything(),
            ),
            pool: oneof(record({ min: anything(), max: anything() }), hostile('min'), anything()),
            connectTimeout: span,
            commandTimeout: span,
            ttl: span,
          },
          { requiredKeys: [] },
        ),
        hostile('keyPrefix', 'pool', 'ttl', 'commandTimeout'),
      ),
      async (_, given) => {
        const store = memoryStore();
        await accepted(async () => {
          await using locker = await createLocker({ ...given, store } as LockerOptions);
          await use(await locker.tryAcquire('y', { ttl: '1s' }));
        });
      },
    ));

  test('what nobody can look at is refused', async () => {
    await using locker = await createLocker({ store: memoryStore() });
    const lock = await locker.acquire('x');
    for (const call of [
      () => locker.acquire(revoked() as never),
      () => locker.acquire('y', revoked()),
      () => locker.acquire('y', { ttl: revoked() as never }),
      () => locker.acquire('y', { signal: revoked() as never }),
      () => locker.adopt(revoked() as never),
      () => locker.adopt(lock.toJSON(), revoked()),
      () => locker.forceRelease(revoked() as never),
      () => lock.renew(revoked() as never),
      () => createLocker(revoked()),
      () => createLocker({ store: revoked() as never }),
      () => createLocker({ client: revoked() as never }),
      () => createLocker({ redis: revoked() }),
    ]) {
      await assert.rejects(call(), TypeError);
    }
    assert.equal(lock.held, true);
    await use(await locker.tryAcquire('y'));
  });

  test('an error of a caller is never one of those that callers catch', async () => {
    await using locker = await createLocker({ store: memoryStore() });
    await assert.rejects(
      locker.acquire('', {}),
      (error) => error instanceof TypeError && !(error instanceof HoldfastError),
    );
  });
});
