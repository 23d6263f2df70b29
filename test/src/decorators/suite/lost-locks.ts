import assert from 'node:assert/strict';
import { isLockLost, LockLostError } from '@holdfast/core';
import { currentLock, Locked, UseLocker } from '@holdfast/decorators';
import { aborted, hearing, told } from '../../contract/patience.js';
import type { Promises, Scene } from '../../contract/scene.js';

/** Methods whose lock is taken from them while they run. */
async function robbed(scene: Scene) {
  const [mine, other] = [await scene.locker(), await scene.locker()];
  class Service {
    @UseLocker() readonly locker = mine;

    @Locked('order:42', 900)
    async strict(outcome: () => string): Promise<string> {
      return this.finish(outcome);
    }

    @Locked('order:42', { ttl: 900, onLost: 'ignore' })
    async easy(outcome: () => string): Promise<string> {
      return this.finish(outcome);
    }

    @Locked('order:42', 900)
    async obedient(): Promise<string> {
      return this.obey();
    }

    @Locked('order:42', { ttl: 900, onLost: 'ignore' })
    async easilyObedient(): Promise<string> {
      return this.obey();
    }

    @Locked('order:42', 900)
    async around(inner: () => Promise<string>): Promise<string> {
      return inner();
    }

    async obey(): Promise<string> {
      const lock = currentLock();
      assert(lock);
      await other.forceRelease('order:42');
      return hearing(lock.signal);
    }

    async finish(outcome: () => string): Promise<string> {
      const lock = currentLock();
      assert(lock);
      await other.forceRelease('order:42');
      await aborted(lock.signal);
      return outcome();
    }

    /** The loss is only found out by the release. */
    @Locked('order:42', '1h')
    async unaware(): Promise<string> {
      await other.forceRelease('order:42');
      return 'done';
    }

    @Locked('order:42', 900)
    async outer(): Promise<string> {
      const lock = currentLock();
      assert(lock);
      await other.forceRelease('order:42');
      await aborted(lock.signal);
      await assert.rejects(
        this.strict(() => assert.fail('not to be called')),
        { code: 'LOCK_LOST' },
      );
      return this.easy(() => 'joined');
    }
  }
  return new Service();
}

export function lostLocks(promises: Promises): void {
  promises('a lost lock rejects the call although the method succeeded', async (scene) => {
    const service = await robbed(scene);
    for (const call of [() => service.strict(() => 'done'), () => service.unaware()]) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof LockLostError);
        assert.equal(error.lockName, 'order:42');
        assert.equal(error.reason, 'gone');
        return true;
      });
    }
  });

  promises('a lost lock can be ignored, and is told on its channel all the same', async (scene) => {
    const service = await robbed(scene);
    const loss = told('holdfast:loss', ({ lockName }) => lockName === 'order:42');
    assert.equal(await service.easy(() => 'done'), 'done');
    assert.equal((await loss).reason, 'gone');
  });

  promises("the method's own error comes first, and is the same object", async (scene) => {
    const service = await robbed(scene);
    const error = Object.freeze(new RangeError('mine'));
    const loss = told('holdfast:loss', ({ lockName }) => lockName === 'order:42');
    const fail = (): never => {
      throw error;
    };
    await assert.rejects(service.strict(fail), (thrown) => thrown === error);
    await loss;
    await assert.rejects(service.easy(fail), (thrown) => thrown === error);
  });

  promises('a method that was aborted by its lock fails with the loss', async (scene) => {
    const service = await robbed(scene);
    for (const call of [
      () => service.obedient(),
      // One that joins fails first: the call around it has nothing to add.
      () => service.around(() => service.obedient()),
    ]) {
      await assert.rejects(call(), (error) => {
        assert(error instanceof LockLostError && isLockLost(error));
        assert.equal(error.lockName, 'order:42');
        assert.equal(error.reason, 'gone');
        const { cause } = error;
        assert(cause instanceof Error);
        assert.equal(cause.name, 'AbortError');
        assert(cause.cause instanceof LockLostError);
        assert(!('cause' in cause.cause), 'nothing is written into the error of all who ask');
        return true;
      });
    }
  });

  promises('where losses are ignored, the abort is what the method throws', async (scene) => {
    const service = await robbed(scene);
    await assert.rejects(service.easilyObedient(), (error) => {
      assert(error instanceof Error);
      assert.equal(error.name, 'AbortError');
      assert(!(error instanceof LockLostError) && isLockLost(error));
      return true;
    });
  });

  promises('a call under a lost lock does not begin, unless losses are ignored', async (scene) => {
    const service = await robbed(scene);
    await assert.rejects(service.outer(), { code: 'LOCK_LOST' });
  });

  promises('the end of the locker is a loss', async (scene) => {
    const mine = await scene.locker();
    class Service {
      @UseLocker() readonly locker = mine;

      @Locked('order:42')
      async work(): Promise<void> {
        await mine.close();
      }
    }
    await assert.rejects(new Service().work(), { code: 'LOCK_LOST', reason: 'closed' });
  });
}
