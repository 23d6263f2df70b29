import assert from 'node:assert/strict';
import { type Locker, LockLostError } from '@holdfast/core';
import {
  assertLocked,
  currentLock,
  Locked,
  LockReentryError,
  UseLocker,
} from '@holdfast/decorators';
import { hearing } from '../../contract/patience.js';
import type { Promises } from '../../contract/scene.js';

interface Transfer {
  readonly from: number;
  readonly to: number;
}

class Bank {
  @UseLocker() readonly locker: Locker;
  readonly region = 'north';

  constructor(locker: Locker) {
    this.locker = locker;
  }

  @Locked(['account:{0.from}', 'account:{0.to}'])
  async transfer(_transfer: Transfer, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked(['account:{0.from}', 'account:{0.to}'], { ttl: 1_500 })
  async briefly(_transfer: Transfer, work: (signal: AbortSignal) => unknown): Promise<unknown> {
    return work(assertLocked().signal);
  }

  @Locked(['account:{0.to}', ({ from }: Transfer) => `account:${from}`], { waitTimeout: 0 })
  async back(_transfer: Transfer, work: () => unknown): Promise<unknown> {
    return work();
  }

  @Locked('account:{0}', { waitTimeout: 0 })
  async audit(_account: number): Promise<string | undefined> {
    return currentLock()?.token;
  }

  @Locked(['account:{0}', 'audit:{this.region}'])
  async report(_account: number, work: () => unknown): Promise<unknown> {
    return work();
  }
}

/** A class whose method is never called. */
function define(key: string[]): void {
  class Service {
    @Locked(key)
    async work(): Promise<void> {}
  }
  void Service;
}

export function several(promises: Promises): void {
  promises('a method with a list of keys runs under all of them as one', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const bank = new Bank(mine);
    await bank.transfer({ from: 2, to: 1 }, async () => {
      assert.equal(assertLocked('account:1').name, 'account:1');
      assert.equal(assertLocked('account:2').name, 'account:2');
      assert.equal(currentLock()?.name, 'account:2', 'the first of the list');
      for (const name of ['account:1', 'account:2']) {
        assert.equal(await other.tryAcquire(name), null);
      }
    });
    await using free = await other.tryAcquire(['account:1', 'account:2']);
    assert.ok(free);
  });

  promises('two arguments that give the same name are one lock', async (scene) => {
    const bank = new Bank(await scene.locker());
    const name = await bank.transfer({ from: 1, to: 1 }, () => currentLock()?.name);
    assert.equal(name, 'account:1');
  });

  promises('a call under one of the locks of a list joins it', async (scene) => {
    const bank = new Bank(await scene.locker());
    await bank.transfer({ from: 1, to: 2 }, async () => {
      assert.equal(await bank.audit(2), assertLocked('account:2').token);
      assert.equal(await bank.audit(1), assertLocked('account:1').token);
    });
  });

  promises('a call under the same list joins it, in whatever order', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const bank = new Bank(mine);
    const transfer = { from: 1, to: 2 };
    await bank.transfer(transfer, async () => {
      const { token } = assertLocked('account:2');
      assert.equal(await bank.back(transfer, () => assertLocked('account:2').token), token);
      assert.equal(await other.tryAcquire('account:2'), null, 'who joined does not give it back');
    });
  });

  promises('a list of which only some are held around is refused at once', async (scene) => {
    const bank = new Bank(await scene.locker());
    await bank.transfer({ from: 1, to: 2 }, async () => {
      await assert.rejects(
        bank.report(2, () => assert.fail('not to be called')),
        (error) => {
          assert(error instanceof LockReentryError);
          assert.equal(error.lockName, 'account:2');
          return true;
        },
      );
    });
  });

  promises('a method that lost one of its locks is told which', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const call = new Bank(mine).briefly({ from: 1, to: 2 }, async (signal) => {
      await other.forceRelease('account:2');
      await hearing(signal);
    });
    await assert.rejects(call, (error) => {
      assert(error instanceof LockLostError, String(error));
      assert.deepEqual([error.lockName, error.reason], ['account:2', 'gone']);
      assert.equal((error.cause as Error).name, 'AbortError');
      return true;
    });
    await using free = await other.acquire(['account:1', 'account:2'], { waitTimeout: '5s' });
    assert.ok(free.held);
  });

  promises('a list that can be no key is refused when the class is defined', async () => {
    assert.throws(() => define([]), /work: the key is malformed: the list is empty/);
    assert.throws(() => define(['']), /the key is malformed: it is empty/);
    assert.throws(() => define(['a', '{']), /the key is malformed/);
    assert.throws(() => define(['a', 42 as never]), /42 is neither a string nor a function/);
  });
}
