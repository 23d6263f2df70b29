import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Engine } from '../../../packages/core/dist/engine/engine.js';
import { KeepAlive } from '../../../packages/core/dist/runtime/keep-alive.js';
import type { LockStore } from '../../../packages/core/dist/store/port.js';
import { ControlledClock } from './controlled-clock.js';
import { watchTimers } from './timers.js';
import { lostRequest, slow } from './fate.js';
import { Rig } from './rig.js';

/** Intervals and timeouts that keep this process alive. */
function anchors(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('keep-alive', () => {
  test('anchors the process while at least one caller awaits something', () => {
    const keepAlive = new KeepAlive();
    const before = anchors();
    keepAlive.enter();
    assert.equal(anchors(), before + 1);
    keepAlive.enter();
    keepAlive.leave();
    assert.equal(anchors(), before + 1);
    keepAlive.leave();
    assert.equal(anchors(), before);
    keepAlive.enter();
    assert.equal(anchors(), before + 1);
    keepAlive.close();
    assert.equal(anchors(), before);
  });

  test('leaves no timer behind, not even for a call after the end', async () => {
    const keepAlive = new KeepAlive();
    keepAlive.close();
    const timers = watchTimers();
    keepAlive.enter();
    keepAlive.leave();
    await setImmediate();
    assert.deepEqual(timers(), []);
  });

  test('lets go when the work fails, and hands the failure to the caller', async () => {
    const keepAlive = new KeepAlive();
    const before = anchors();
    const failure = new Error('of the work');
    const work = keepAlive.during(Promise.reject(failure));
    assert.equal(anchors(), before + 1);
    await assert.rejects(work, failure);
    assert.equal(anchors(), before);
    keepAlive.close();
  });

  test('holds during a wait and not while a lock is held', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const before = anchors();
    const lock = await locker.acquire('a');
    assert.equal(anchors(), before);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(100);
    assert.equal(anchors(), before + 1);
    await lock.release();
    await rig.clock.advance(0);
    assert.ok(wait.value);
    assert.equal(anchors(), before);
  });

  test('lets go after every way in which a call can end', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const before = anchors();
    rig.server.strangerTakes('busy', 3_600_000);
    const abort = new AbortController();
    const lost = await locker.acquire('lost');
    const silent = await locker.acquire('silent');
    assert.ok(rig.server.strangerReleases('lost', lost.token));
    const calls = [
      locker.tryAcquire('busy'),
      locker.acquire('busy', { waitTimeout: 100 }),
      locker.acquire('busy', { signal: abort.signal }),
      lost.release(),
      lost.renew(),
      locker.adopt(silent.toJSON()),
      locker.forceRelease('nobody'),
    ].map((call) => rig.watch<unknown>(call));
    assert.equal(anchors(), before + 1);
    abort.abort();
    await rig.clock.advance(200);
    assert.ok(calls.every(({ state }) => state !== 'pending'));
    assert.equal(anchors(), before);
    line.always(lostRequest);
    const unanswered = [silent.renew(), locker.acquire('free'), locker.forceRelease('busy')];
    const ends = unanswered.map((call) => rig.watch<unknown>(call));
    await rig.clock.advance(2_000);
    ends.push(rig.watch(silent.release()));
    assert.equal(anchors(), before + 1);
    await rig.clock.advance(2_000);
    assert.ok(ends.every(({ state }) => state === 'rejected'));
    assert.equal(anchors(), before);
  });

  test('does not hold for a renewal or for a cancel behind the caller’s back', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const before = anchors();
    await locker.acquire('a', { ttl: 900 });
    line.next('renew', slow(0, 400));
    await rig.clock.advance(350);
    assert.equal(anchors(), before);
    rig.server.strangerTakes('busy', 60_000);
    line.always(lostRequest, 'cancel');
    const wait = rig.watch(locker.acquire('busy', { waitTimeout: 50 }));
    await rig.clock.advance(200);
    assert.equal(wait.state, 'rejected');
    assert.equal(anchors(), before);
  });

  test('leaves no timer behind when the store cannot be opened', async () => {
    const left = watchTimers();
    const store = { address: 'nowhere', open: () => Promise.reject(new Error('no')) } as LockStore;
    const clock = new ControlledClock();
    const options = { lockerId: 'a', nonce: () => '', owner: '', clock, commandTimeout: 1_000 };
    await assert.rejects(Engine.open(store, options), { message: 'no' });
    await setImmediate();
    assert.deepEqual(left(), []);
  });

  test('holds during close, and nothing is left after it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const before = anchors();
    await locker.acquire('a');
    line.next('cancel', slow(50, 50));
    const close = rig.watch(locker.close());
    assert.equal(anchors(), before + 1);
    await rig.clock.advance(100);
    assert.equal(close.state, 'fulfilled');
    assert.equal(anchors(), before);
  });
});
