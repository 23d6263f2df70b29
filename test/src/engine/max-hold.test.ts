import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

describe('maxHold', () => {
  test('ends belief at its moment, and nothing is renewed that covers it already', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    const lock = await locker.acquire('a', { ttl: 900, maxHold: 1_000 });
    const { signal } = lock;
    await rig.clock.advance(999);
    assert.equal(lock.held, true);
    assert.equal(Math.round(lock.remaining), 1);
    await rig.clock.advance(1);
    assert.deepEqual([lock.held, lock.remaining, signal.aborted], [false, 0, true]);
    assert.equal(lossOf(signal).reason, 'overdue');
    await rig.clock.advance(10_000);
    // That at 300 ms reaches beyond the limit.
    assert.deepEqual(
      line.of('renew').map(({ at }) => at - start),
      [300],
    );
    assert.equal(line.of('release').length, 0);
  });

  test('lets the next one in when the lease is over, less than a third of the ttl later', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const start = rig.clock.now();
    await locker.acquire('a', { ttl: 900, maxHold: 1_000 });
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(2_000);
    assert.equal(next.state, 'fulfilled');
    assert.ok(next.at !== undefined && next.at - start > 1_000 && next.at - start < 1_300);
  });

  test('is known in the first statement after a stall', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { maxHold: 1_000 });
    rig.clock.stall(1_001);
    assert.equal(lock.held, false);
    assert.equal(lossOf(lock.signal).reason, 'overdue');
  });

  test('is not what ended a lease that ran out before it', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, maxHold: 1_000 });
    rig.clock.stall(2_000);
    assert.equal(lossOf(lock.signal).reason, 'expired');
  });

  test('is not outlived by a renewal that is under way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, maxHold: 310 });
    // A limit below the ttl: nothing is renewed by itself.
    line.next('renew', slow(5, 50));
    await rig.clock.advance(300);
    const renewal = rig.watch(lock.renew('1m'));
    await rig.clock.advance(10);
    assert.equal(lock.held, false);
    await rig.clock.advance(50);
    assert.equal((renewal.reason as { reason: string }).reason, 'overdue');
    assert.equal(lock.held, false);
  });

  test('leaves the lock to be given back by release, which names its own grant', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 10_000, maxHold: 1_000 });
    await rig.clock.advance(1_000);
    assert.equal(rig.server.size, 1);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'overdue' });
    await rig.clock.advance(0);
    const [release] = line.of('release');
    assert.deepEqual([release?.token, release?.fencingToken], [lock.token, lock.fencingToken]);
    assert.equal(rig.server.size, 0);
  });

  test('of one handle leaves the lock to the others that share it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const delegate = await other.locker.adopt(lock.toJSON(), { maxHold: 1_000 });
    await rig.clock.advance(5_000);
    assert.deepEqual([lock.held, delegate.held], [true, false]);
    await assert.rejects(delegate.release(), { reason: 'overdue' });
    await rig.clock.advance(5_000);
    assert.equal(other.line.of('release').length, 0);
    await lock.release();
    assert.equal(line.of('release').length, 1);
  });

  test('sets no timer and sends nothing where there is none', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await locker.acquire('a', { ttl: 900, maxHold: Infinity });
    assert.equal(rig.clock.timers, 1);
    await rig.clock.advance(100_000);
    assert.equal(line.of('renew').length, 333);
  });
});
