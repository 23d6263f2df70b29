import assert from 'node:assert/strict';
import { onEveryGround } from './grounds.js';

type Listener = Parameters<AbortSignal['addEventListener']>[1];

/** As in jsdom or a polyfill: the shape of an AbortSignal, and no relation to that of Node. */
class ForeignSignal {
  aborted = false;
  reason: unknown;
  readonly listeners = new Set<Listener>();

  addEventListener(type: string, listener: Listener): void {
    if (type === 'abort') this.listeners.add(listener);
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type === 'abort') this.listeners.delete(listener);
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    const event = new Event('abort');
    for (const listener of this.listeners) {
      if (typeof listener === 'function') listener.call(this as never, event);
      else listener.handleEvent(event);
    }
  }

  /** What the types ask for; the rest of an AbortSignal is nothing that a wait needs. */
  get asSignal(): AbortSignal {
    return this as unknown as AbortSignal;
  }
}

onEveryGround('signals of another realm', (promises) => {
  promises('a signal of another realm ends a wait', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const foreign = new ForeignSignal();
    await using _ = await mine.acquire('order:42');
    const reason = new Error('enough');
    const waits = Promise.all(
      [1, 2, 3].map(() =>
        assert.rejects(
          other.acquire('order:42', { signal: foreign.asSignal }),
          (error) => error === reason,
        ),
      ),
    );
    await scene.queued('order:42', 3);
    foreign.abort(reason);
    await waits;
    await scene.queued('order:42', 0);
    assert.equal(foreign.listeners.size, 0);
  });

  promises(
    'a signal of another realm that was aborted before lets nothing begin',
    async (scene) => {
      const locker = await scene.locker();
      const foreign = new ForeignSignal();
      foreign.abort('no');
      const options = { signal: foreign.asSignal };
      const calls = [
        locker.acquire('order:42', options),
        locker.tryAcquire('order:42', options),
        locker.using('order:42', options, () => assert.fail('not to be called')),
      ];
      for (const call of calls) await assert.rejects(call, (error) => error === 'no');
    },
  );

  promises('a signal of another realm is left when the lock is there', async (scene) => {
    const locker = await scene.locker();
    const foreign = new ForeignSignal();
    await using lock = await locker.acquire('order:42', { signal: foreign.asSignal });
    assert.equal(foreign.listeners.size, 0);
    foreign.abort(new Error('too late'));
    assert.equal(lock.held, true);
  });
});
