import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { instant } from '../../../packages/core/dist/runtime/clock.js';
import { Deadline } from '../../../packages/core/dist/runtime/deadline.js';
import { LockLostError } from '@holdfast/core';
import { ControlledClock } from './controlled-clock.js';
import { slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

const UNRENEWED = { ttl: 1_000, renew: false } as const;
/** 1 % of the ttl and 2 ms. */
const MARGIN = 12;

describe('deadline', () => {
  test('a lease ends 1 % of its ttl and 2 ms before the server ends it', () => {
    const clock = new ControlledClock();
    const sent = instant(clock);
    for (const ttl of [10, 1_000, 30_000]) {
      const deadline = Deadline.ofLease(sent, ttl);
      assert.equal(deadline.mono, sent.mono + ttl - (ttl * 0.01 + 2));
    }
  });

  test('the later of two leases counts, in either order', () => {
    const clock = new ControlledClock();
    const short = Deadline.ofLease(instant(clock), 100);
    const long = Deadline.ofLease(instant(clock), 200);
    assert.equal(short.extendedTo(long), long);
    assert.equal(long.extendedTo(short), long);
  });

  test('is held until the deadline and not a moment longer', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', UNRENEWED);
    assert.equal(lock.held, true);
    assert.equal(lock.remaining, 1_000 - MARGIN);
    rig.clock.stall(1_000 - MARGIN - 1);
    assert.equal(lock.held, true);
    assert.equal(lock.remaining, 1);
    rig.clock.stall(1);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
  });

  test('counts from when the request was sent, not from when the answer came', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', slow(150, 150));
    const lock = await rig.clock.until(locker.acquire('a', UNRENEWED));
    assert.equal(lock.remaining, 1_000 - MARGIN - 300);
  });

  test('tells the first statement after a stall of the event loop, before any timer has run', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 1_000 });
    rig.clock.stall(2_000);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    assert.equal(lock.signal.aborted, true);
    assert.ok(lock.signal.reason instanceof LockLostError);
    assert.equal(lossOf(lock.signal).reason, 'expired');
  });

  test('is not held after the machine was suspended, though the monotonic clock stood', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 1_000 });
    const mono = rig.clock.now();
    rig.clock.suspend(5_000);
    assert.equal(rig.clock.now(), mono);
    assert.equal(lock.held, false);
    assert.equal(lock.remaining, 0);
    assert.equal(lock.signal.aborted, true);
  });

  test('a suspended machine learns the loss by its signal at the next timer', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    const { signal } = lock;
    assert.equal(signal.aborted, false);
    rig.clock.suspend(5_000);
    await rig.clock.advance(300);
    assert.equal(signal.aborted, true);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
  });

  test('a wall clock that is set back does not make a lease longer', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', UNRENEWED);
    rig.clock.jumpWall(-3_600_000);
    assert.equal(lock.remaining, 1_000 - MARGIN);
    rig.clock.stall(1_000 - MARGIN);
    assert.equal(lock.held, false);
  });

  test('a wall clock that is set forward ends belief rather than risk it', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', UNRENEWED);
    rig.clock.jumpWall(3_600_000);
    assert.equal(lock.held, false);
  });

  test('a wall clock that is set back is forgotten with the next renewal', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    rig.clock.jumpWall(-3_600_000);
    await rig.clock.advance(300);
    rig.clock.suspend(5_000);
    assert.equal(lock.held, false);
  });

  test('passes while the machine sleeps, and the signal says so soon after it wakes', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 30_000 });
    const { signal } = lock;
    rig.clock.suspend(60_000);
    assert.equal(lock.held, false);
    await rig.clock.advance(1_000);
    assert.equal(signal.aborted, true);
    assert.equal((signal.reason as LockLostError).reason, 'expired');
  });

  test('does not return a lock whose lease ran out on the way: it asks again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', slow(0, 1_100));
    const lock = await rig.clock.until(locker.acquire('a', UNRENEWED));
    assert.equal(line.of('acquire').length, 2);
    assert.equal(lock.held, true);
    assert.equal(lock.remaining, 1_000 - MARGIN);
  });

  test('has no more time for asking again than there was for the first request', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const start = rig.clock.now();
    const times: number[] = [];
    const submit = line.submit.bind(line);
    line.submit = (operation, patience, reply) => {
      times.push(patience.sendBy);
      submit(operation, patience, reply);
    };
    line.next('acquire', slow(0, 400));
    await using lock = await rig.clock.until(locker.tryAcquire('a', { ttl: 300, renew: false }));
    assert.ok(lock?.held);
    assert.deepEqual(times.slice(0, 2), [Infinity, start + 1_000]);
  });

  test('says that Redis is too slow when no answer comes within the ttl', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(slow(0, 150), 'acquire');
    const acquired = rig.clock.until(locker.acquire('a', { ttl: 100, renew: false }), 1_500);
    await assert.rejects(acquired, { code: 'REDIS_UNREACHABLE' });
    await rig.clock.advance(200);
    assert.equal(rig.server.size, 0);
  });
});
