import assert from 'node:assert/strict';
import { type AcquireOptions, LineFullError, LockLostError } from '@holdfast/core';
import { aborted, hearing, told } from './patience.js';
import type { Promises, Terms } from './scene.js';

const OVERDUE = { code: 'LOCK_LOST', reason: 'overdue' };

export function limits(promises: Promises): void {
  promises(
    'who holds for too long is told, and others are kept out until it ends',
    async (scene) => {
      const [mine, other] = [await scene.locker(), await scene.locker()];
      const lock = await mine.acquire('order:42', { maxHold: 50 });
      const reason = await aborted(lock.signal);
      assert(reason instanceof LockLostError);
      assert.equal(reason.reason, 'overdue');
      assert.match(reason.message, /longer than maxHold/);
      assert.deepEqual([lock.held, lock.remaining], [false, 0]);
      await assert.rejects(lock.renew(), OVERDUE);
      assert.equal(await other.tryAcquire('order:42'), null);
      // The work is over: nobody has to wait for the end of the lease.
      await assert.rejects(lock.release(), OVERDUE);
      await using next = await other.acquire('order:42', { waitTimeout: '5s' });
      assert.ok(next.fencingToken > lock.fencingToken);
    },
  );

  promises('what is held for too long is not renewed any more', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker()];
    const lock = await mine.acquire('order:42', { ttl: 2_000, maxHold: 2_500 });
    await using next = await other.acquire('order:42', { waitTimeout: '15s' });
    await assert.rejects(lock.release(), OVERDUE);
    assert.equal(next.held, true);
  });

  promises('every way to hold a lock can be limited, and a locker limits all', async (scene) => {
    const locker = await scene.locker({ maxHold: 50 });
    const first = await locker.acquire('one');
    const tried = await locker.tryAcquire('two');
    const shared = await (await scene.locker()).acquire('three');
    const adopted = await locker.adopt(shared.toJSON());
    const longer = await locker.acquire('four', { maxHold: '1m' });
    const endless = await locker.acquire('five', { maxHold: Infinity });
    for (const lock of [first, tried, adopted]) {
      assert.ok(lock);
      await aborted(lock.signal);
      await assert.rejects(lock.release(), OVERDUE);
    }
    await assert.rejects(
      locker.using('six', ({ signal }) => hearing(signal)),
      OVERDUE,
    );
    // Of what is shared, each has a limit of its own.
    for (const lock of [shared, longer, endless]) await lock.release();
  });

  promises('who would be one too many in the line is refused at once', async (scene) => {
    const [first, second, third] = [
      await scene.locker(),
      await scene.locker(),
      await scene.locker(),
    ];
    const lock = await first.acquire('order:42');
    const waits = [second.acquire('order:42', { maxWaiting: 2 }), first.acquire('order:42')];
    await scene.queued('order:42', 2);
    await assert.rejects(third.acquire('order:42', { maxWaiting: 2 }), (error) => {
      assert(error instanceof LineFullError);
      assert.deepEqual([error.lockName, error.maxWaiting], ['order:42', 2]);
      return true;
    });
    // Another lock is another line, and others may have more patience.
    await using _ = await third.acquire('order:43', { maxWaiting: 1 });
    waits.push(third.acquire('order:42', { maxWaiting: 3 }));
    await scene.queued('order:42', 3);
    await lock.release();
    await (await Promise.race(waits)).release();
    for (const wait of waits) await (await wait).release();
  });

  promises('a line that is full has room again when its first one leaves', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker({ maxWaiting: 1 })];
    const lock = await mine.acquire('order:42');
    const leaves = new AbortController();
    const wait = other.acquire('order:42', { signal: leaves.signal });
    await scene.queued('order:42', 1);
    await assert.rejects(other.acquire('order:42'), { code: 'LINE_FULL' });
    assert.equal(await other.tryAcquire('order:42'), null);
    leaves.abort(new Error('enough'));
    await assert.rejects(wait, { message: 'enough' });
    await scene.queued('order:42', 0);
    const next = other.acquire('order:42');
    await scene.queued('order:42', 1);
    await lock.release();
    await (await next).release();
  });

  promises('a wait that lasts for long is told once', async (scene) => {
    const [mine, other] = [await scene.locker(), await scene.locker({ warnAfter: 20 })];
    const lock = await mine.acquire('order:42', { ttl: '1m' });
    const warned = told('holdfast:wait-long', ({ lockName }) => lockName === 'order:42');
    const wait = other.acquire('order:42');
    const { token, waited, holderTtl, cause } = await warned;
    assert.ok(waited >= 20, `${waited} ms`);
    assert.ok(holderTtl !== undefined && holderTtl > 50_000 && holderTtl <= 60_000);
    assert.equal(cause, undefined);
    await lock.release();
    await using next = await wait;
    assert.equal(next.token, token);
  });

  promises('a limit that is none is refused', async (scene) => {
    const locker = await scene.locker();
    const wrong: [option: keyof AcquireOptions & keyof Terms, values: readonly unknown[]][] = [
      ['maxHold', [0, -1, 1.5, 'soon', null, Number.NaN]],
      ['warnAfter', [0, -1, 1.5, 'soon', null, Number.NaN]],
      ['maxWaiting', [0, -1, 1.5, '2', null, Number.NaN]],
      ['onOutage', ['retry', true, null]],
    ];
    for (const [option, values] of wrong) {
      for (const value of values) {
        const options = { [option]: value } as object;
        const message = new RegExp(`^${option}: `);
        await assert.rejects(locker.acquire('order:42', options), { message });
        await assert.rejects(scene.locker(options), { message });
      }
    }
    await using lock = await locker.acquire('order:42', { maxWaiting: Infinity, onOutage: 'wait' });
    assert.equal(lock.held, true);
  });

  promises('a lock is not to be kept for longer than it may be held', async (scene) => {
    const locker = await scene.locker({ maxHold: '1m' });
    const refused = { name: 'RangeError', message: /^holdAtLeast: 60001 ms .* maxHold, 60000 ms/ };
    await assert.rejects(locker.acquire('order:42', { holdAtLeast: 60_001 }), refused);
    const limited = { maxHold: 100, holdAtLeast: 101 };
    await assert.rejects(locker.tryAcquire('order:42', limited), /101 ms .* maxHold, 100 ms/);
  });
}
