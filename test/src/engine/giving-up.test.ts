import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { AcquireTimeoutError } from '@holdfast/core';
import { lostRequest, slow } from './fate.js';
import { Rig } from './rig.js';

describe('a wait that gives up', () => {
  test('at waitTimeout reports "busy", with how long it waited and what the holder has left', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const start = rig.clock.now();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 2_000 }));
    await rig.clock.advance(1_999);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(1);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
    assert.equal(wait.at, start + 2_000);
    assert.equal(wait.reason.lockName, 'a');
    assert.equal(wait.reason.waited, 2_000);
    assert.equal(wait.reason.holderTtl, 58_000);
  });

  test('leaves the line: the lock is free as soon as the holder lets go', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    rig.watch(locker.acquire('a', { waitTimeout: 100 }));
    await rig.clock.advance(100);
    assert.equal(line.of('cancel').length, 1);
    assert.equal(rig.server.size, 1);
    assert.ok(rig.server.strangerReleases('a'));
    assert.equal(rig.server.size, 0);
  });

  test('by its signal rejects with the reason of the signal', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(50);
    const reason = new Error('enough');
    abort.abort(reason);
    await rig.clock.advance(0);
    assert.equal(wait.reason, reason);
    assert.equal(line.of('cancel').length, 1);
    assert.equal(rig.server.size, 1);
  });

  test('sends nothing when its signal was aborted before', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const reason = new Error('enough');
    await assert.rejects(locker.acquire('a', { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(line.sent.length, 0);
  });

  test('a signal that aborts after the grant does not touch the lock', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const abort = new AbortController();
    const lock = await locker.acquire('a', { signal: abort.signal });
    abort.abort();
    await rig.clock.advance(100);
    assert.equal(lock.held, true);
    assert.equal(lock.signal.aborted, false);
    assert.equal(line.of('cancel').length, 0);
  });

  test('tells its caller at latest 100 ms later, even when the cancel gets no answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    line.next('cancel', lostRequest);
    await rig.clock.advance(1_099);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(1);
    assert.ok(wait.reason instanceof AcquireTimeoutError);
    assert.equal(wait.at, start + 1_100);
  });

  test('goes on trying to leave the line after its caller has been told', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    line.next('cancel', lostRequest, lostRequest);
    await rig.clock.advance(10_000);
    assert.equal(line.of('cancel').length, 3);
    assert.ok(rig.server.strangerReleases('a'));
    assert.equal(rig.server.size, 0);
  });

  test('cancels only after the request under way has been answered', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    line.next('acquire', slow(100, 300));
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(50);
    abort.abort();
    await rig.clock.advance(99);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(1);
    assert.equal(wait.state, 'rejected');
    await rig.clock.advance(249);
    assert.equal(line.of('cancel').length, 0);
    await rig.clock.advance(1);
    assert.deepEqual(
      line.of('cancel').map(({ at }) => at - start),
      [400],
    );
    assert.equal(rig.server.size, 0);
  });

  test('cancels once only, and after the answer, when the lock is pushed to it meanwhile', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(10);
    const start = rig.clock.now();
    line.next('acquire', slow(0, 300));
    line.reconnect();
    abort.abort();
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(10_000);
    assert.equal(wait.state, 'rejected');
    assert.deepEqual(
      line.of('cancel').map(({ at }) => at - start),
      [300],
    );
    assert.equal(rig.server.size, 0);
  });

  test('has nothing to cancel when the request under way is answered "busy"', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', slow(100, 300));
    const abort = new AbortController();
    const wait = rig.watch(locker.tryAcquire('a', { signal: abort.signal }));
    await rig.clock.advance(50);
    abort.abort();
    await rig.clock.advance(10_000);
    assert.equal(wait.state, 'rejected');
    assert.equal(line.sent.length, 1);
  });

  test('leaves the line also when Redis was away for longer than its ttl', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    const other = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 500 }));
    await rig.clock.advance(10);
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(10);
    line.always(lostRequest);
    await rig.clock.advance(8_000);
    assert.equal(wait.state, 'rejected');
    line.heal();
    await rig.clock.advance(3_000);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(next.state, 'fulfilled');
  });

  test('gives a grant back at once that arrives too late', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextPush([500]);
    line.always(lostRequest, 'cancel');
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    await rig.clock.advance(900);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(499);
    assert.equal(wait.state, 'rejected');
    line.heal();
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(1);
    assert.equal(rig.server.isFree('a'), true);
  });

  test('gives a lock that was granted to it as it left to the next in line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const abort = new AbortController();
    const wait = rig.watch(locker.acquire('a', { signal: abort.signal }));
    await rig.clock.advance(10);
    const next = rig.watch(other.locker.acquire('a'));
    await rig.clock.advance(10);
    assert.ok(rig.server.strangerReleases('a'));
    abort.abort();
    await rig.clock.advance(0);
    assert.equal(wait.state, 'rejected');
    assert.equal(next.state, 'fulfilled');
  });

  test('and one that is granted leave no listener on the signal', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const { signal } = new AbortController();
    await locker.acquire('a', { signal });
    const wait = rig.watch(locker.acquire('a', { signal, waitTimeout: 100 }));
    await rig.clock.advance(0);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    await rig.clock.advance(100);
    assert.equal(wait.state, 'rejected');
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test('does not disturb the others in the line', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const first = await locker.acquire('a');
    const abort = new AbortController();
    const order: string[] = [];
    const b = locker.using('a', () => order.push('b'));
    const c = rig.watch(locker.acquire('a', { signal: abort.signal }));
    const d = locker.using('a', () => order.push('d'));
    await rig.clock.advance(0);
    abort.abort();
    await first.release();
    await Promise.all([b, d]);
    assert.equal(c.state, 'rejected');
    assert.deepEqual(order, ['b', 'd']);
  });
});
