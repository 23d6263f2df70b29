import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutAndLate, cutBefore, lostReply, lostRequest, refused, slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

/** The deadline of a ttl of 900 ms lies here. */
const SPAN = 900 - 11;

describe('a renewal that is answered "renewed"', () => {
  test('moves the deadline, counted from when it was sent', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    line.next('renew', slow(100, 100));
    await rig.clock.advance(499);
    assert.equal(lock.remaining, SPAN - 499);
    await rig.clock.advance(1);
    assert.equal(lock.remaining, SPAN - 200);
  });

  test('does not revive a lock when it comes after the deadline', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 300 });
    const { signal } = lock;
    line.always(slow(0, 300), 'renew');
    await rig.clock.advance(450);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    assert.equal(lossOf(signal).reason, 'expired');
    assert.equal(line.of('renew').length, 1);
    await rig.clock.advance(5_000);
    assert.equal(lock.held, false);
    assert.equal(line.of('renew').length, 1);
  });
});

describe('a renewal that is answered "lost"', () => {
  test('aborts with "gone" when nobody holds the lock', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const { signal } = lock;
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await rig.clock.advance(299);
    assert.equal(signal.aborted, false);
    await rig.clock.advance(1);
    assert.equal(lock.held, false);
    assert.equal(lossOf(signal).code, 'LOCK_LOST');
    assert.equal(lossOf(signal).reason, 'gone');
    assert.equal(lossOf(signal).lockName, 'a');
    assert.equal(lossOf(signal).fencingToken, lock.fencingToken);
  });

  test('leaves the lock alone when it has passed to another owner', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    assert.ok(rig.server.strangerReleases('a', lock.token));
    assert.ok(rig.server.strangerTakes('a', 60_000));
    await rig.clock.advance(300);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'taken' });
    await rig.clock.advance(1_000);
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('aborts also when the token was granted anew: that is another hold', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    // The first request arrives late, after the second was granted and an admin took the lock away.
    line.next('acquire', cutAndLate(200));
    const lock = await rig.clock.until(locker.acquire('a', { ttl: 900 }));
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await rig.clock.advance(150);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(200);
    assert.equal(lossOf(lock.signal).reason, 'taken');
  });

  test('is final: the signal of a later reader is aborted from the start', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await rig.clock.advance(300);
    assert.equal(lock.signal.aborted, true);
    assert.equal(lossOf(lock.signal).reason, 'gone');
  });
});

describe('a renewal without an answer', () => {
  test('keeps the deadline, and is tried again soon', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const start = rig.clock.now();
    line.next('renew', cutBefore, cutBefore);
    await rig.clock.advance(301);
    assert.equal(lock.held, true);
    assert.equal(lock.remaining, SPAN - 301);
    await rig.clock.advance(199);
    assert.deepEqual(
      line.of('renew').map(({ at }) => at - start),
      [300, 375, 450],
    );
    assert.equal(lock.remaining, SPAN - 50);
  });

  test('may have run: the lock is held all the same, and no deadline moves', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 6_000 });
    line.next('renew', lostReply);
    await rig.clock.advance(3_000);
    assert.equal(lock.held, true);
    assert.equal(lock.remaining, 6_000 - 62 - 3_000);
    await rig.clock.advance(3_000);
    assert.equal(lock.held, true);
  });

  test('aborts with "expired" exactly at the deadline, while it is still unanswered', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    let abortedAt = 0;
    const start = rig.clock.now();
    lock.signal.addEventListener('abort', () => (abortedAt = rig.clock.now() - start));
    line.always(lostRequest, 'renew');
    await rig.clock.advance(10_000);
    assert.equal(abortedAt, SPAN);
    assert.equal(lossOf(lock.signal).reason, 'expired');
  });

  test('in short and long leases leaves time for more tries before the deadline', async () => {
    for (const ttl of [4_000, 30_000, 600_000]) {
      await using rig = new Rig();
      const { locker, line } = await rig.party();
      const lock = await locker.acquire('a', { ttl });
      line.next('renew', lostRequest, cutBefore);
      await rig.clock.advance(ttl);
      assert.equal(lock.held, true, `ttl ${ttl}`);
    }
  });

  test('does not make a hot loop when the connection fails at once', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await locker.acquire('a', { ttl: 30_000 });
    line.always(cutBefore, 'renew');
    await rig.clock.advance(30_000);
    const tries = line.of('renew').length;
    assert.ok(tries >= 10 && tries <= 25, `${tries} renewals`);
  });
});

describe('a renewal that is refused', () => {
  test('is tried again until the deadline, and heals when the server allows it again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    line.always(refused, 'renew');
    await rig.clock.advance(800);
    assert.equal(lock.held, true);
    const tries = line.of('renew').length;
    assert.ok(tries >= 6, `${tries} tries`);
    line.heal();
    await rig.clock.advance(800);
    assert.equal(lock.held, true);
  });

  test('ends as "expired" at the deadline when it is refused to the end', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const { signal } = lock;
    line.always(refused, 'renew');
    await rig.clock.advance(SPAN - 1);
    assert.equal(signal.aborted, false);
    await rig.clock.advance(1);
    assert.equal(lossOf(signal).reason, 'expired');
  });
});
