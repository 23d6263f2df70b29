import assert from 'node:assert/strict';
import { isLockLost, type Lock, LockLostError } from '@holdfast/core';
import { aborted, hearing } from './patience.js';
import type { Promises, Scene } from './scene.js';

/** With this ttl, a lock that was taken away is found lost after 200 ms. */
const OPTIONS = { ttl: 600 } as const;

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => assert.fail('it was to fail'),
    (error: unknown) => error,
  );
}

/** Fails in a block of `await using` in which the lock is taken away. */
async function failInBlock(scene: Scene, fail: (lock: Lock) => unknown): Promise<unknown> {
  const [mine, other] = [await scene.locker(), await scene.locker()];
  const block = async (): Promise<void> => {
    await using lock = await mine.acquire('order:42', OPTIONS);
    await other.forceRelease('order:42');
    await fail(lock);
  };
  return errorOf(block());
}

/** Fails in a callback of `using` under which the lock is taken away. */
async function failInCallback(scene: Scene, fail: (lock: Lock) => unknown): Promise<unknown> {
  const [mine, other] = [await scene.locker(), await scene.locker()];
  const call = mine.using('order:42', OPTIONS, async (lock) => {
    await other.forceRelease('order:42');
    await fail(lock);
  });
  return errorOf(call);
}

const refuse = (): never => {
  throw new Error('the card was refused');
};

/** As `fetch` and `throwIfAborted` end. */
async function endWithReason({ signal }: Lock): Promise<void> {
  await aborted(signal);
  signal.throwIfAborted();
}

/** As what Node offers ends. */
function endWithAbortError({ signal }: Lock): Promise<never> {
  return hearing(signal);
}

export function lostWork(promises: Promises): void {
  promises('isLockLost knows each way in which a block fails that lost its lock', async (scene) => {
    for (const fail of [refuse, endWithReason, endWithAbortError, () => undefined]) {
      const error = await failInBlock(scene, fail);
      assert.ok(isLockLost(error), String(error));
    }
  });

  promises('isLockLost knows a lock that was lost among those of a block', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const block = async (): Promise<void> => {
      await using first = await mine.acquire('order:1');
      await using second = await mine.acquire('order:2');
      await using third = await mine.acquire('order:3');
      await other.forceRelease(second.name);
      throw new Error(`${first.name} and ${third.name} were refused`);
    };
    assert.ok(isLockLost(await errorOf(block())));
  });

  promises('isLockLost knows what a lock throws that is not held any more', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42');
    await other.forceRelease('order:42');
    assert.ok(isLockLost(await errorOf(lock.renew())));
    assert.ok(isLockLost(await errorOf(lock.release())));
  });

  promises('isLockLost says no to what fails under a lock that is held', async (scene) => {
    const locker = await scene.locker();
    const block = async (fail: () => unknown): Promise<void> => {
      await using _ = await locker.acquire('order:42');
      await fail();
    };
    const cancel = AbortSignal.abort();
    const busy = (): Promise<Lock> => locker.acquire('order:42', { waitTimeout: 0 });
    for (const fail of [refuse, () => hearing(cancel), busy]) {
      assert.ok(!isLockLost(await errorOf(block(fail))));
    }
  });

  promises('a callback that was aborted by its lock fails with the loss', async (scene) => {
    let signal: AbortSignal | undefined;
    const error = await failInCallback(scene, (lock) => {
      ({ signal } = lock);
      return endWithAbortError(lock);
    });
    assert(error instanceof LockLostError && signal);
    const { lockName, reason, fencingToken, cause } = error;
    const loss: unknown = signal.reason;
    assert(loss instanceof LockLostError && cause instanceof Error);
    assert.deepEqual([lockName, reason, fencingToken], ['order:42', 'gone', loss.fencingToken]);
    assert.equal(error.message, loss.message);
    assert.equal(cause.name, 'AbortError');
    assert.equal(cause.cause, loss);
    assert.ok(!('cause' in loss), 'nothing is written into the error of all who ask');
  });

  promises('a callback that throws the reason of its lock fails with that', async (scene) => {
    let loss: unknown;
    const error = await failInCallback(scene, async (lock) => {
      loss = await aborted(lock.signal);
      throw loss;
    });
    assert.ok(error instanceof LockLostError);
    assert.equal(error, loss);
  });

  promises('an error of the callback that wraps the loss comes out unchanged', async (scene) => {
    for (const end of [endWithReason, endWithAbortError]) {
      let failure: unknown;
      const error = await failInCallback(scene, async (lock) => {
        failure = new Error('no receipt', { cause: await errorOf(end(lock)) });
        throw failure;
      });
      assert.equal(error, failure);
      assert.ok(isLockLost(error));
    }
  });

  promises(
    'an abort that is not of the lock comes out unchanged beside the loss',
    async (scene) => {
      const cancels = [AbortSignal.abort(), AbortSignal.abort(new Error('the shop has closed'))];
      const aborts = [
        ...cancels.map((cancel) => () => hearing(cancel)),
        () => Promise.reject(new DOMException('cancelled', 'AbortError')),
      ];
      for (const abort of aborts) {
        let failure: unknown;
        const error = await failInCallback(scene, async (lock) => {
          await aborted(lock.signal);
          failure = await errorOf(abort());
          throw failure;
        });
        assert.equal(error, failure);
        assert.ok(!isLockLost(error));
      }
    },
  );

  promises('of nested locks, the one that was lost is named', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const inner: unknown[] = [];
    const outer = await errorOf(
      mine.using('order:1', OPTIONS, (first) =>
        mine
          .using('order:2', OPTIONS, async () => {
            await other.forceRelease('order:1');
            await endWithAbortError(first);
          })
          .catch((error: unknown) => {
            inner.push(error);
            throw error;
          }),
      ),
    );
    assert(outer instanceof LockLostError);
    assert.equal(outer.lockName, 'order:1');
    // The inner lock was kept: its call has nothing to add.
    assert.deepEqual(inner, [outer.cause]);
  });
}
