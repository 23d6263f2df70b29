import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LockerClosedError } from '@holdfast/core';
import { lostRequest, slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

/** Intervals and timeouts that keep this process alive. */
function anchors(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('close with a drain', () => {
  test('keeps the process alive until the last holder has finished, and leaves no timer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const before = anchors();
    const locks = [await locker.acquire('a'), await locker.acquire('b')];
    assert.equal(anchors(), before);
    const close = rig.watch(locker.close({ drain: '1h' }));
    for (const lock of locks) {
      await rig.clock.advance(60_000);
      assert.deepEqual([close.state, lock.held, anchors()], ['pending', true, before + 1]);
      await lock.release();
    }
    await rig.clock.advance(0);
    assert.equal(close.state, 'fulfilled');
    assert.deepEqual([line.closed, anchors(), rig.clock.timers], [true, before, 0]);
  });

  test('tells those who still hold exactly when its time is up', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    const { signal } = lock;
    const close = rig.watch(locker.close({ drain: '10s' }));
    await rig.clock.advance(9_999);
    assert.equal(signal.aborted, false);
    await rig.clock.advance(1);
    assert.equal(lossOf(signal).reason, 'closed');
    assert.equal(close.state, 'fulfilled');
    assert.equal(rig.server.size, 0);
  });

  test('waits for a release that is under way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('release', slow(200, 200));
    const release = rig.watch(lock.release());
    const close = rig.watch(locker.close({ drain: '10s' }));
    await rig.clock.advance(399);
    assert.deepEqual([release.state, close.state], ['pending', 'pending']);
    await rig.clock.advance(1);
    assert.deepEqual([release.state, close.state], ['fulfilled', 'fulfilled']);
  });

  test('does not wait for locks that are kept when their owners are done', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const [kept, held] = [
      await locker.acquire('a', { holdAtLeast: '1h' }),
      await locker.acquire('b', { holdAtLeast: '1h' }),
    ];
    await kept.release();
    const close = rig.watch(locker.close({ drain: '10s' }));
    await rig.clock.advance(0);
    assert.equal(close.state, 'pending');
    await held.release();
    await rig.clock.advance(0);
    assert.deepEqual([close.state, line.closed, rig.server.size], ['fulfilled', true, 2]);
  });

  test('does not wait for locks that were lost, or handed over', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lost = await locker.acquire('a', { ttl: 900 });
    const given = await locker.acquire('b');
    const close = rig.watch(locker.close({ drain: '1h' }));
    given.handOver();
    rig.server.strangerReleases('a', lost.token);
    await rig.clock.advance(300);
    assert.equal(lossOf(lost.signal).reason, 'gone');
    assert.equal(close.state, 'fulfilled');
  });

  test('gives back what was just being adopted, and what a wait was granted', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    const foreign = await other.locker.acquire('a');
    const held = await locker.acquire('b');
    line.next('renew', slow(50, 50));
    line.next('acquire', slow(50, 50));
    const adopted = rig.watch(locker.adopt(foreign.handOver()));
    const waited = rig.watch(locker.acquire('c'));
    await rig.clock.advance(10);
    const close = rig.watch(locker.close({ drain: '1h' }));
    await rig.clock.advance(1_000);
    for (const { reason } of [adopted, waited]) assert.ok(reason instanceof LockerClosedError);
    assert.equal(close.state, 'pending');
    assert.equal(rig.server.size, 1);
    await held.release();
    await rig.clock.advance(0);
    assert.equal(close.state, 'fulfilled');
  });

  test('takes the command timeout longer when nothing answers', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    await locker.acquire('a');
    line.always(lostRequest);
    const close = rig.watch(locker.close({ drain: 5_000 }));
    await rig.clock.advance(6_000);
    assert.equal(close.state, 'fulfilled');
  });

  test('refuses a listener that acquires when it is told of the end', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    let again: ReturnType<typeof rig.watch> | undefined;
    lock.signal.addEventListener('abort', () => {
      again = rig.watch(locker.acquire('b'));
    });
    const close = rig.watch(locker.close({ drain: 1_000 }));
    await rig.clock.advance(2_000);
    assert.equal(close.state, 'fulfilled');
    assert.ok(again?.reason instanceof LockerClosedError);
  });
});
