import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LockerClosedError } from '@holdfast/core';
import { lostRequest, slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

describe('close', () => {
  test('rejects what waits and takes it out of the line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const waits = [1, 2, 3].map(() => rig.watch(locker.acquire('a')));
    await rig.clock.advance(0);
    await rig.clock.until(locker.close());
    for (const { reason } of waits) assert.ok(reason instanceof LockerClosedError);
    assert.ok(rig.server.strangerReleases('a'));
    assert.equal(rig.server.size, 0);
  });

  test('gives back what is held and tells the work by its signal', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const locks = [await locker.acquire('a'), await locker.acquire('b')];
    const signals = locks.map(({ signal }) => signal);
    await rig.clock.until(locker.close());
    assert.equal(rig.server.size, 0);
    assert.equal(line.closed, true);
    for (const [index, lock] of locks.entries()) {
      assert.equal(lock.held, false);
      assert.equal(lossOf(signals[index]).reason, 'closed');
      await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'closed' });
      await lock.release();
    }
  });

  test('hands what was held to the next in line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    await locker.acquire('a');
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(0);
    await rig.clock.until(locker.close());
    assert.equal(next.state, 'fulfilled');
  });

  test('gives back what a wait was granted as the locker closed', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', slow(50, 50));
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    await rig.clock.until(locker.close());
    assert.ok(wait.reason instanceof LockerClosedError);
    assert.equal(rig.server.size, 0);
  });

  test('waits for a wait that has already given up, so that nothing of it stays', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', slow(50, 400));
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(10);
    abort.abort();
    await rig.clock.advance(150);
    assert.equal(wait.state, 'rejected');
    await rig.clock.until(locker.close());
    assert.equal(rig.server.size, 0);
  });

  test('waits for a release that is under way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('release', slow(200, 200));
    const release = rig.watch(lock.release());
    await rig.clock.advance(100);
    const close = rig.watch(locker.close());
    await rig.clock.advance(299);
    assert.equal(close.state, 'pending');
    await rig.clock.advance(1);
    assert.equal(close.state, 'fulfilled');
    assert.equal(release.state, 'fulfilled');
  });

  test('waits for a renewal that is under way before it gives the lock back', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await locker.acquire('a', { ttl: 900 });
    line.next('renew', slow(100, 100));
    await rig.clock.advance(310);
    const close = rig.watch(locker.close());
    await rig.clock.advance(189);
    assert.equal(line.of('cancel').length, 0);
    await rig.clock.advance(1);
    assert.equal(close.state, 'fulfilled');
    assert.equal(rig.server.size, 0);
  });

  test('takes the command timeout at the longest when nothing answers', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('busy', 60_000);
    await locker.acquire('a');
    const held = await locker.acquire('b');
    const wait = rig.watch(locker.acquire('busy'));
    await rig.clock.advance(0);
    line.always(lostRequest);
    const release = rig.watch(held.release());
    const start = rig.clock.now();
    const close = rig.watch(locker.close());
    await rig.clock.advance(1_000);
    assert.equal(close.state, 'fulfilled');
    assert.ok(close.at !== undefined && close.at - start <= 1_000);
    assert.ok(wait.reason instanceof LockerClosedError);
    assert.notEqual(release.state, 'pending');
    assert.equal(line.closed, true);
  });

  test('is idempotent: every call waits for the same end', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await locker.acquire('a');
    line.next('release', slow(100, 100));
    const first = rig.watch(locker.close());
    const second = rig.watch(locker.close());
    await rig.clock.advance(199);
    assert.equal(second.state, 'pending');
    await rig.clock.advance(1);
    assert.deepEqual([first.state, second.state], ['fulfilled', 'fulfilled']);
    await locker.close();
    await locker[Symbol.asyncDispose]();
    assert.equal(line.of('release').length, 1);
    assert.equal(line.closes, 1);
  });

  test('refuses every call after it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    await rig.clock.until(locker.close());
    const sent = line.sent.length;
    await assert.rejects(locker.acquire('a'), LockerClosedError);
    await assert.rejects(locker.tryAcquire('a'), LockerClosedError);
    await assert.rejects(
      locker.using('a', () => {}),
      LockerClosedError,
    );
    await assert.rejects(locker.adopt(lock.toJSON()), LockerClosedError);
    await assert.rejects(locker.forceRelease('a'), LockerClosedError);
    assert.equal(line.sent.length, sent);
  });

  test('leaves no timer behind once it has ended', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('busy', 60_000);
    await locker.acquire('a');
    rig.watch(locker.acquire('busy', { waitTimeout: 30_000 }));
    await rig.clock.advance(0);
    await rig.clock.until(locker.close());
    assert.equal(rig.clock.timers, 0);
  });
});
