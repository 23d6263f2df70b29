import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { type Lock, type Locker, LockerClosedError } from '@holdfast/core';
import { onEveryGround } from './grounds.js';

/** Everything that a listener may try while its locker closes; what became of each, in order. */
function tryEverything(locker: Locker, busy: Lock, outcomes: unknown[]): void {
  const json = busy.toJSON();
  const calls: readonly Promise<unknown>[] = [
    locker.acquire('free'),
    locker.tryAcquire('free too'),
    locker.acquire(busy.name),
    locker.tryAcquire(busy.name),
    locker.using('free as well', () => assert.fail('not to be called')),
    locker.adopt(json),
    locker.forceRelease(busy.name),
  ];
  for (const [index, call] of calls.entries()) {
    outcomes[index] = 'pending';
    call.then(
      () => {
        outcomes[index] = 'done';
      },
      (error: unknown) => {
        outcomes[index] = error instanceof LockerClosedError ? 'closed' : error;
      },
    );
  }
}

const ALL_CLOSED = Array.from({ length: 7 }, () => 'closed');

onEveryGround('closing, and who is told', (promises) => {
  promises('who is told by close that a lock is lost finds the locker closed', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using busy = await other.acquire('busy');
    const lock = await mine.acquire('order:42');
    const outcomes: unknown[] = [];
    lock.signal.addEventListener('abort', () => tryEverything(mine, busy, outcomes));
    const closed = mine.close();
    // No call had to ask the server: each is settled before anything can have come from it.
    await turn();
    assert.deepEqual(outcomes, ALL_CLOSED);
    await closed;
    assert.equal(busy.held, true);
  });

  promises('a subscriber to losses finds the locker closed, too', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using busy = await other.acquire('busy');
    await mine.acquire('order:42');
    const outcomes: unknown[] = [];
    const listener = (): void => tryEverything(mine, busy, outcomes);
    subscribe('holdfast:loss', listener);
    const closed = mine.close();
    unsubscribe('holdfast:loss', listener);
    await turn();
    assert.deepEqual(outcomes, ALL_CLOSED);
    await closed;
    assert.equal(busy.held, true);
  });

  promises('a wait that begins while its locker closes is in no line', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await other.acquire('busy');
    const former = await other.acquire('order:42');
    // It was handed on: whatever mine needs for waiting is there.
    const waited = mine.acquire('order:42');
    await scene.queued('order:42', 1);
    await former.release();
    const lock = await waited;
    let late: Promise<unknown> | undefined;
    lock.signal.addEventListener('abort', () => {
      late = assert.rejects(mine.acquire('busy'), LockerClosedError);
    });
    await mine.close();
    await late;
    await scene.queued('busy', 0);
  });
});
