import assert from 'node:assert/strict';
import { currentLock, LockerClosedError, LockLostError, LockReentryError } from '@holdfast/core';
import { aborted, eventually, hearing } from './patience.js';
import type { Promises } from './scene.js';

/** Something that happens once, and can be waited for. */
class Moment {
  come!: () => void;
  readonly #coming = new Promise<void>((resolve) => {
    this.come = resolve;
  });

  reached(what: string): Promise<void> {
    return eventually(this.#coming, what);
  }
}

/** Work that is not to begin. */
function toNobody(): never {
  assert.fail('not to be called');
}

export function leading(promises: Promises): void {
  promises('one leads and the others stand by, until it steps down', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const [one, two] = [new Moment(), new Moment()];
    const [stop, stopOther] = [new AbortController(), new AbortController()];
    const leads: string[] = [];
    const first = mine.lead(
      'outbox',
      async (lock, signal) => {
        leads.push(`first ${lock.name}`);
        one.come();
        await aborted(signal);
        leads.push('first ends');
      },
      { signal: stop.signal },
    );
    await one.reached('the first one leads');
    const second = other.lead(
      'outbox',
      async (_lock, signal) => {
        leads.push('second');
        two.come();
        await hearing(signal);
      },
      { signal: stopOther.signal },
    );
    await scene.queued('outbox', 1);
    stop.abort();
    assert.equal(await eventually(first, 'the first one has stepped down'), undefined);
    await two.reached('the second one leads');
    assert.deepEqual(leads, ['first outbox', 'first ends', 'second']);
    stopOther.abort();
    assert.equal(await eventually(second, 'the second one has stepped down'), undefined);
  });

  promises('a leader whose work is over steps down with its result', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const token = await mine.lead('outbox', ({ fencingToken }) => fencingToken);
    assert.ok(token !== undefined && token > 0);
    await using free = await other.tryAcquire('outbox');
    assert.ok(free);
  });

  promises('the work of a leader runs in the context of its lock', async (scene) => {
    const locker = await scene.locker();
    const inside = await locker.lead('outbox', async (lock) => {
      await assert.rejects(locker.acquire('outbox'), LockReentryError);
      return locker.using('outbox', (joined) => joined === lock && currentLock() === lock);
    });
    assert.deepEqual([inside, currentLock()], [true, undefined]);
  });

  promises('who leads, or is inside the lock, does not campaign for it again', async (scene) => {
    const locker = await scene.locker();
    const again = (): Promise<unknown> =>
      assert.rejects(locker.lead('outbox', toNobody), LockReentryError);
    await locker.lead('outbox', again);
    await locker.using('outbox', again);
  });

  promises('what the work returns when the locker closes is the result', async (scene) => {
    const locker = await scene.locker();
    const begun = new Moment();
    const led = locker.lead('outbox', async (_lock, signal) => {
      begun.come();
      await aborted(signal);
      return 'stopped';
    });
    await begun.reached('it leads');
    await locker.close();
    assert.equal(await eventually(led, 'it has ended'), 'stopped');
  });

  promises('a leader whose work fails steps down with its error', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const failure = new Error('of the work');
    const failing = mine.lead('outbox', () => Promise.reject(failure));
    await assert.rejects(failing, failure);
    await using free = await other.tryAcquire('outbox');
    assert.ok(free);
  });

  promises('who lost the lead is told, and campaigns when its work has ended', async (scene) => {
    const [mine, other] = [await scene.locker({ ttl: 1_500 }), await scene.locker()];
    const [begun, told, goOn] = [new Moment(), new Moment(), new Moment()];
    const reasons: unknown[] = [];
    let terms = 0;
    const led = mine.lead('outbox', async (_lock, signal) => {
      terms += 1;
      if (terms === 2) return 'second term';
      begun.come();
      reasons.push(await aborted(signal));
      told.come();
      await goOn.reached('the work is let go');
      // What it returns counts for nothing: somebody else may lead.
      return 'first term';
    });
    await begun.reached('it leads');
    await other.forceRelease('outbox');
    await told.reached('it knows that it lost the lead');
    assert(reasons[0] instanceof LockLostError);
    // Nobody has it, and no second work begins beside the first one.
    await using between = await other.tryAcquire('outbox');
    assert.ok(between);
    goOn.come();
    await scene.queued('outbox', 1);
    assert.equal(terms, 1);
    await between.release();
    assert.equal(await eventually(led, 'it has led again'), 'second term');
  });

  promises('work that fails because it lost the lead campaigns again', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const failures = [
      (signal: AbortSignal) => hearing(signal),
      async (signal: AbortSignal) => {
        throw await aborted(signal);
      },
      async (signal: AbortSignal) => {
        throw new Error('the gateway says no', { cause: await aborted(signal) });
      },
      async (signal: AbortSignal) => {
        await aborted(signal);
        throw new DOMException('no reason given', 'AbortError');
      },
    ];
    let begun = new Moment();
    let term = 0;
    const led = mine.lead(
      'outbox',
      async (_lock, signal) => {
        const fail = failures[term];
        term += 1;
        begun.come();
        return fail === undefined ? 'the end' : await fail(signal);
      },
      { ttl: 1_500 },
    );
    for (const _ of failures) {
      await begun.reached('it leads');
      begun = new Moment();
      await other.forceRelease('outbox');
    }
    assert.equal(await eventually(led, 'it has led to the end'), 'the end');
  });

  promises('work that fails for a reason of its own is heard, also after a loss', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const begun = new Moment();
    const failure = new Error('of the work');
    const led = mine.lead(
      'outbox',
      async (_lock, signal) => {
        begun.come();
        await aborted(signal);
        throw failure;
      },
      { ttl: 1_500 },
    );
    const rejected = assert.rejects(led, failure);
    await begun.reached('it leads');
    await other.forceRelease('outbox');
    await rejected;
  });

  promises('a leader that is to step down leads until its work has ended', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const stop = new AbortController();
    const [begun, goOn] = [new Moment(), new Moment()];
    const led = mine.lead(
      'outbox',
      async (lock) => {
        begun.come();
        await goOn.reached('the work is let go');
        return lock.held;
      },
      { signal: stop.signal },
    );
    await begun.reached('it leads');
    stop.abort();
    assert.equal(await other.tryAcquire('outbox'), null);
    goOn.come();
    assert.equal(await eventually(led, 'it has stepped down'), true);
    await using free = await other.tryAcquire('outbox');
    assert.ok(free);
  });

  promises('who stands by and is stopped leaves the line, without having led', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    await using _ = await other.acquire('outbox');
    const stop = new AbortController();
    const led = mine.lead('outbox', toNobody, { signal: stop.signal });
    await scene.queued('outbox', 1);
    stop.abort(new Error('of no interest'));
    assert.equal(await eventually(led, 'it has ended'), undefined);
    await scene.queued('outbox', 0);
    assert.equal(await mine.lead('outbox', toNobody, { signal: stop.signal }), undefined);
  });

  promises('closing the locker ends those who lead and those who stand by', async (scene) => {
    for (const options of [{}, { drain: '1m' }] as const) {
      const mine = await scene.locker();
      const begun = new Moment();
      const leads = mine.lead('outbox', (_lock, signal) => {
        begun.come();
        return hearing(signal);
      });
      await begun.reached('it leads');
      const standsBy = mine.lead('outbox', toNobody);
      await scene.queued('outbox', 1);
      const all = Promise.all([leads, standsBy, mine.close(options)]);
      assert.deepEqual(await eventually(all, 'all has ended'), [undefined, undefined, undefined]);
      await assert.rejects(
        mine.lead('outbox', () => {}),
        LockerClosedError,
      );
    }
  });

  promises('a leader is not limited by what a locker allows to others', async (scene) => {
    const mine = await scene.locker({ maxHold: 20, waitTimeout: 20, maxWaiting: 1 });
    const other = await scene.locker();
    const lock = await other.acquire('outbox');
    await using _ = { [Symbol.asyncDispose]: () => lock.release() };
    const waits = other.acquire('outbox');
    await scene.queued('outbox', 1);
    const led = mine.lead('outbox', async (leaderLock) => {
      await leaderLock.renew();
      return leaderLock.remaining;
    });
    await scene.queued('outbox', 2);
    await lock.release();
    await (await waits).release();
    assert.ok(((await eventually(led, 'it has led')) ?? 0) > 20);
  });

  promises('what is no work, no name or no option is refused', async (scene) => {
    const locker = await scene.locker();
    await assert.rejects(
      locker.lead('outbox', undefined as never),
      /lead: undefined is not a func/,
    );
    await assert.rejects(
      locker.lead('', () => {}),
      TypeError,
    );
    await assert.rejects(
      locker.lead('outbox', () => {}, { ttl: 1 }),
      RangeError,
    );
    const misspelt = { waitTimeout: 5 } as object;
    await assert.rejects(
      locker.lead('outbox', () => {}, misspelt),
      /lead: no option 'waitTimeout'/,
    );
  });
}
