import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import * as ours from '@holdfast/core';
import { hearing } from '../contract/patience.js';
import { type Core, SecondCopy } from './second-copy.js';

/** One error of each class. */
function oneOfEach({
  AcquireTimeoutError,
  LockLostError,
  RedisUnreachableError,
  RedisRefusedError,
  RedisUnsupportedError,
  LockerClosedError,
  ForeignDataError,
  LockReentryError,
  NotLockedError,
}: Core): readonly Error[] {
  return [
    new AcquireTimeoutError('order:42', 5, 1_000),
    new LockLostError('order:42', 'gone', 1),
    new RedisUnreachableError('redis://localhost', 'gave no answer'),
    new RedisRefusedError('redis://localhost', new Error('ERR no')),
    new RedisUnsupportedError('redis://localhost', 'it is too old'),
    new LockerClosedError(),
    new ForeignDataError('lock:order:42', 'list'),
    new LockReentryError('order:42', 'acquire', 'using'),
    new NotLockedError('order:42'),
  ];
}

function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail('it was to fail'),
    (error: unknown) => error,
  );
}

suite('with two copies of the core in one process', () => {
  let copy: SecondCopy;
  let theirs: Core;
  before(async () => {
    copy = await SecondCopy.load();
    theirs = copy.core;
    assert.notEqual(theirs.AcquireTimeoutError, ours.AcquireTimeoutError);
  });
  after(() => copy[Symbol.asyncDispose]());

  test('what a locker of one throws is told apart by the classes of the other', async () => {
    const locker = await theirs.createLocker({ store: theirs.memoryStore() });
    const lock = await locker.acquire('order:42');
    const busy = await errorOf(locker.acquire('order:42', { waitTimeout: 0 }));
    await locker.forceRelease('order:42');
    const lost = await errorOf(lock.release());
    await locker.close();
    const closed = await errorOf(locker.tryAcquire('order:42'));
    const classes = [ours.AcquireTimeoutError, ours.LockLostError, ours.LockerClosedError];
    for (const [place, error] of [busy, lost, closed].entries()) {
      assert.deepEqual(
        classes.map((one) => error instanceof one),
        classes.map((_, index) => index === place),
        String(error),
      );
    }
  });

  test('every class knows the errors of its name and no others', () => {
    const classes = oneOfEach(ours).map((error) => error.constructor as new () => Error);
    for (const errors of [oneOfEach(theirs), oneOfEach(ours)]) {
      for (const [place, error] of errors.entries()) {
        assert.deepEqual(
          classes.map((one) => error instanceof one),
          classes.map((_, index) => index === place),
          error.name,
        );
        assert.ok(error instanceof ours.HoldfastError && error instanceof Error, error.name);
      }
    }
  });

  test('a lost lock of one is known to the other, in whatever shape it comes', async () => {
    const store = theirs.memoryStore();
    const locker = await theirs.createLocker({ store });
    const work = locker.using('order:42', async ({ signal }) => {
      await Promise.all([locker.close(), hearing(signal)]);
    });
    const obedient = await errorOf(work);
    assert.ok(obedient instanceof ours.LockLostError && obedient.cause instanceof Error);
    const again = await theirs.createLocker({ store });
    const suppressed = await errorOf(
      (async () => {
        await using _ = await again.acquire('order:42');
        await again.forceRelease('order:42');
        throw new Error('the card was refused');
      })(),
    );
    await again.close();
    for (const error of [obedient, obedient.cause, suppressed]) {
      assert.ok(ours.isLockLost(error) && theirs.isLockLost(error), String(error));
    }
  });

  test('a class that is derived from ours has instances of its own only', () => {
    class QueueBusyError extends ours.AcquireTimeoutError {}
    // The compiler has no constructor for it: the union is closed. JavaScript has one.
    const Root = ours.HoldfastError as unknown as new (message: string) => Error;
    class AppError extends Root {}
    const derived: unknown = new QueueBusyError('queue', 5, 1_000);
    assert.ok(derived instanceof QueueBusyError);
    assert.ok(derived instanceof ours.AcquireTimeoutError && derived instanceof ours.HoldfastError);
    assert.ok(derived instanceof theirs.AcquireTimeoutError);
    assert.ok(!(derived instanceof theirs.LockLostError));
    const app: unknown = new AppError('lost');
    assert.ok(app instanceof AppError && app instanceof theirs.HoldfastError);
    assert.ok(!(app instanceof ours.LockLostError || app instanceof theirs.LockLostError));
    for (const error of [...oneOfEach(ours), ...oneOfEach(theirs)]) {
      assert.ok(!(error instanceof QueueBusyError || error instanceof AppError), error.name);
    }
  });

  test('what only looks like one of our errors is none', () => {
    const lookalikes: readonly unknown[] = [
      Object.assign(new Error('busy'), { name: 'AcquireTimeoutError', code: 'ACQUIRE_TIMEOUT' }),
      { name: 'AcquireTimeoutError', code: 'ACQUIRE_TIMEOUT' },
      new Error('busy'),
      null,
      undefined,
      'ACQUIRE_TIMEOUT',
      42,
    ];
    for (const one of lookalikes) {
      assert.ok(!(one instanceof ours.AcquireTimeoutError || one instanceof ours.HoldfastError));
    }
  });
});
