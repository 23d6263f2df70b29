import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutBefore, lostRequest, refused, slow } from './fate.js';
import { Rig } from './rig.js';

describe('renew', () => {
  test('extends the lease from now', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 1_000, renew: false });
    await rig.clock.advance(500);
    await lock.renew();
    assert.equal(lock.remaining, 1_000 - 12);
  });

  test('with a longer ttl: later renewals use it, too', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    const lock = await locker.acquire('a', { ttl: 900 });
    await lock.renew('9s');
    assert.equal(lock.remaining, 9_000 - 92);
    assert.equal(lock.toJSON().ttl, 9_000);
    await rig.clock.advance(6_000);
    assert.deepEqual(
      line.of('renew').map(({ at, ttl }) => [at - start, ttl]),
      [
        [0, 9_000],
        [3_000, 9_000],
        [6_000, 9_000],
      ],
    );
  });

  test('with a shorter ttl never shortens the lease', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 9_000 });
    const before = lock.remaining;
    await lock.renew(900);
    assert.equal(lock.remaining, before);
    await rig.clock.advance(300);
    assert.deepEqual(
      line.of('renew').map(({ ttl }) => ttl),
      [900, 900],
    );
    assert.equal(lock.remaining, before - 300);
    await rig.clock.advance(60_000);
    assert.equal(lock.held, true);
  });

  test('waits for a renewal that is under way; those that wait share the next', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    const lock = await locker.acquire('a', { ttl: 900 });
    line.next('renew', slow(0, 100));
    await rig.clock.advance(350);
    const renewals = [rig.watch(lock.renew(1_800)), rig.watch(lock.renew(2_700))];
    await rig.clock.advance(50);
    assert.deepEqual(
      renewals.map(({ state }) => state),
      ['fulfilled', 'fulfilled'],
    );
    assert.deepEqual(
      line.of('renew').map(({ at, ttl }) => [at - start, ttl]),
      [
        [300, 900],
        [400, 2_700],
      ],
    );
    assert.equal(lock.remaining, 2_700 - 29);
  });

  test('keeps the renewal in the background from overlapping with it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    await rig.clock.advance(250);
    line.next('renew', slow(0, 200));
    const renewal = rig.watch(lock.renew());
    await rig.clock.advance(199);
    assert.equal(line.of('renew').length, 1);
    await rig.clock.advance(1);
    assert.equal(renewal.state, 'fulfilled');
    assert.equal(lock.remaining, 900 - 11 - 200);
  });

  test('never has two operations on one token under way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    line.always(slow(10, 10), 'renew');
    const renewals = Array.from({ length: 5 }, () => rig.watch(lock.renew()));
    await rig.clock.advance(39);
    assert.equal(renewals.filter(({ state }) => state === 'fulfilled').length, 1);
    await rig.clock.advance(1);
    assert.equal(renewals.filter(({ state }) => state === 'fulfilled').length, 5);
    const [first, second, ...others] = line.of('renew').map(({ at }) => at);
    assert.equal((second ?? 0) - (first ?? 0), 20);
    assert.deepEqual(others, []);
  });

  test('is tried again when the connection fails, then ends as unreachable; still held', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const lock = await locker.acquire('a', { renew: false });
    line.next('renew', cutBefore, cutBefore);
    await rig.clock.until(lock.renew(), 200);
    assert.equal(line.of('renew').length, 3);
    line.always(lostRequest, 'renew');
    await assert.rejects(rig.clock.until(lock.renew(), 1_500), { code: 'REDIS_UNREACHABLE' });
    assert.equal(lock.held, true);
  });

  test('that is refused says so; the lock is still held', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('renew', refused);
    await assert.rejects(lock.renew(), { code: 'REDIS_REFUSED' });
    assert.equal(lock.held, true);
  });

  test('of a lock that is gone rejects with LockLostError and aborts the signal', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    assert.ok(rig.server.strangerReleases('a', lock.token));
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'gone' });
    assert.equal(lock.signal.aborted, true);
  });

  test('after the deadline rejects with "expired" and sends nothing', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 1_000, renew: false });
    rig.clock.stall(990);
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'expired' });
    assert.equal(line.of('renew').length, 0);
  });

  test('after the release rejects with "released" and sends nothing', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    await lock.release();
    await assert.rejects(lock.renew(), { code: 'LOCK_LOST', reason: 'released' });
    assert.equal(line.of('renew').length, 0);
  });

  test('with a bad ttl rejects before anything is sent', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    for (const ttl of [0, -1, Number.NaN, 1.5, 9, 2 ** 31]) {
      await assert.rejects(lock.renew(ttl), RangeError);
    }
    await assert.rejects(lock.renew('soon' as '1s'), TypeError);
    assert.equal(line.of('renew').length, 0);
    assert.equal(lock.held, true);
  });
});
