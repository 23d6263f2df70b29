import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RedisUnreachableError } from '@holdfast/core';
import { cutAfter, cutBefore, lostReply, lostRequest, refused, slow } from './fate.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

describe('release', () => {
  test('gives the lock back with one operation, and a second release does nothing', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    await lock.release();
    assert.equal(rig.server.size, 0);
    assert.equal(line.sent.length, 2);
    await lock.release();
    await lock[Symbol.asyncDispose]();
    assert.equal(line.sent.length, 2);
  });

  test('called twice at once is sent once, and both calls see how it went', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    assert.ok(rig.server.strangerReleases('a', lock.token));
    const both = [rig.watch(lock.release()), rig.watch(lock.release())];
    await rig.clock.advance(0);
    assert.equal(line.of('release').length, 1);
    for (const { reason } of both) assert.equal(codeOf(reason), 'LOCK_LOST');
  });

  test('ends belief from the call on, and does not abort the signal', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    const { signal } = lock;
    line.next('release', slow(100));
    const release = rig.watch(lock.release());
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    await rig.clock.advance(60_000);
    assert.equal(release.state, 'fulfilled');
    assert.equal(signal.aborted, false);
  });

  test('waits for a renewal that is under way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    const lock = await locker.acquire('a', { ttl: 900 });
    line.next('renew', slow(50, 100));
    await rig.clock.advance(310);
    const release = rig.watch(lock.release());
    await rig.clock.advance(139);
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(1);
    assert.equal(release.state, 'fulfilled');
    assert.deepEqual(
      line.of('release').map(({ at }) => at - start),
      [450],
    );
    assert.equal(rig.server.size, 0);
  });

  test('is sent again until it is answered', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('release', cutBefore, cutBefore, cutBefore);
    await rig.clock.until(lock.release(), 200);
    assert.equal(line.of('release').length, 4);
    assert.equal(rig.server.size, 0);
  });

  test('counts as done when its reply was lost and the second is answered "lost"', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    for (const fate of [cutAfter, lostReply]) {
      const lock = await locker.acquire('a');
      line.next('release', fate);
      await rig.clock.until(lock.release());
    }
    assert.equal(line.of('release').length, 4);
  });

  test('reports the loss when the first attempt is answered "lost"', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    assert.ok(rig.server.strangerReleases('a', lock.token));
    assert.ok(rig.server.strangerTakes('a', 60_000));
    await assert.rejects(lock.release(), {
      code: 'LOCK_LOST',
      reason: 'taken',
      lockName: 'a',
      fencingToken: lock.fencingToken,
    });
    await lock.release();
    assert.equal(line.of('release').length, 1);
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('ends as unreachable after the command timeout at most', async () => {
    for (const fate of [lostRequest, cutBefore]) {
      await using rig = new Rig();
      const { locker, line } = await rig.party(1_000);
      const lock = await locker.acquire('a');
      const start = rig.clock.now();
      line.always(fate, 'release', 'cancel');
      const release = rig.watch(lock.release());
      await rig.clock.advance(1_500);
      assert.ok(release.reason instanceof RedisUnreachableError);
      assert.ok(release.at !== undefined && release.at - start <= 1_050);
    }
  });

  test('ends after the command timeout even when a renewal under way gets no answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(5_000);
    const lock = await locker.acquire('a', { ttl: 30_000 });
    line.always(lostRequest);
    await rig.clock.advance(10_001);
    assert.equal(line.of('renew').length, 1);
    const start = rig.clock.now();
    const release = rig.watch(lock.release());
    await rig.clock.advance(20_000);
    assert.ok(release.reason instanceof RedisUnreachableError);
    const took = (release.at ?? Infinity) - start;
    assert.ok(took <= 5_500, `took ${took} ms`);
  });

  test('goes on giving the lock back in the background until the lease ends', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const lock = await locker.acquire('a', { ttl: 30_000 });
    line.always(lostRequest);
    await assert.rejects(rig.clock.until(lock.release()), RedisUnreachableError);
    await rig.clock.advance(5_000);
    assert.equal(rig.server.size, 1);
    line.heal();
    await rig.clock.advance(1_000);
    assert.equal(rig.server.size, 0);
    const sent = line.sent.length;
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
    assert.equal(rig.clock.timers, 0);
  });

  test('gives up in the background when the lease has run out by itself', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const lock = await locker.acquire('a', { ttl: 5_000 });
    line.always(lostRequest);
    await assert.rejects(rig.clock.until(lock.release()), RedisUnreachableError);
    await rig.clock.advance(5_000);
    const sent = line.sent.length;
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
    assert.equal(rig.clock.timers, 0);
  });

  test('that is refused says so, at once', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.always(refused, 'release', 'cancel');
    await assert.rejects(lock.release(), { code: 'REDIS_REFUSED' });
    await lock.release();
  });

  test('of a hold whose deadline has passed reports "expired" and gives the key back', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 6_000 });
    // The renewals run at the server, which keeps the key, while their answers are lost.
    line.always(lostReply, 'renew');
    await rig.clock.advance(6_000);
    assert.equal(lock.held, false);
    assert.equal(rig.server.isFree('a'), false);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
    await rig.clock.advance(2_500);
    assert.equal(rig.server.isFree('a'), true);
    await lock.release();
  });

  test('hands the lock on before it resolves', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const first = await locker.acquire('a');
    const next = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    await first.release();
    assert.equal(rig.server.strangerTakes('a', 1_000), false);
    await rig.clock.advance(0);
    assert.equal(next.state, 'fulfilled');
  });
});
