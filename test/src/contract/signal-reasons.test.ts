import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { AcquireTimeoutError } from '@holdfast/core';
import { onEveryGround } from './grounds.js';

onEveryGround('reasons of signals', (promises) => {
  promises('a signal that is aborted with our own error is not a busy lock', async (scene) => {
    const locker = await scene.locker();
    // As an outer call gives it: its own wait was in vain, and it calls off what it began.
    const reason = new AcquireTimeoutError('order:1', 100, 1_000);
    let busy = 0;
    const listener = (): void => {
      busy += 1;
    };
    subscribe('holdfast:busy', listener);
    try {
      const before = locker.tryAcquire('order:42', { signal: AbortSignal.abort(reason) });
      await assert.rejects(before, (error) => error === reason);
      const controller = new AbortController();
      const meanwhile = locker.tryAcquire('order:42', { signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(meanwhile, (error) => error === reason);
    } finally {
      unsubscribe('holdfast:busy', listener);
    }
    assert.equal(busy, 0);
  });
});
