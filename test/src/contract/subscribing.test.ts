import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type DiagnosticChannel,
  type DiagnosticMessages,
  type Locker,
  LockerClosedError,
} from '@holdfast/core';
import { eventually } from './patience.js';
import { onEveryGround } from './grounds.js';

/** Calls back for the first message; disposing it ends the subscription. */
function onFirst<K extends DiagnosticChannel>(
  channel: K,
  act: (message: DiagnosticMessages[K]) => void,
): Disposable {
  const listener = (message: unknown): void => {
    unsubscribe(channel, listener);
    act(message as DiagnosticMessages[K]);
  };
  subscribe(channel, listener);
  return { [Symbol.dispose]: () => void unsubscribe(channel, listener) };
}

/** What a subscriber does to the wait that it hears of, and what the wait is told. */
const ENDINGS: Readonly<
  Record<string, (locker: Locker, controller: AbortController) => (error: unknown) => boolean>
> = {
  'aborts the wait': (_, controller) => {
    const reason = new Error('enough');
    controller.abort(reason);
    return (error) => error === reason;
  },
  'closes the locker': (locker) => {
    void locker.close();
    return (error) => error instanceof LockerClosedError;
  },
};

onEveryGround('subscribers that call back', (promises) => {
  for (const [ending, end] of Object.entries(ENDINGS)) {
    promises(
      `a subscriber that hears of a hand-off and ${ending} makes no second holder`,
      async (scene) => {
        const [mine, other, third] = [
          await scene.locker(),
          await scene.locker(),
          await scene.locker(),
        ];
        // Within this test the lock goes on only if somebody gives it back.
        const lock = await mine.acquire('order:42', { ttl: '1h' });
        const controller = new AbortController();
        const ended = other.acquire('order:42', { ttl: '1h', signal: controller.signal });
        await scene.queued('order:42', 1);
        const waited = third.acquire('order:42', { ttl: '1h' });
        await scene.queued('order:42', 2);

        let told: ((error: unknown) => boolean) | undefined;
        using _ = onFirst('holdfast:hand-off', () => {
          told = end(other, controller);
        });
        const outcomes = Promise.all([
          eventually(waited, 'the next in line has the lock'),
          assert.rejects(eventually(ended, 'the wait is told'), (error) => told?.(error) === true),
        ]);
        await lock.release();
        const [next] = await outcomes;
        await using holder = next;
        assert.equal(holder.held, true);
      },
    );
  }
});
