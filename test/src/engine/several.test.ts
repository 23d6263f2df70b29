import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  AcquireTimeoutError,
  LockerClosedError,
  RedisRefusedError,
  RedisUnreachableError,
} from '@holdfast/core';
import {
  cutAfter,
  cutBefore,
  lostReply,
  lostRequest,
  neverSent,
  refused,
  refusedForNow,
  slow,
} from './fate.js';
import { Rig } from './rig.js';

const BOTH = ['a', 'b'];

describe('several locks in one step', () => {
  for (const [what, fate] of Object.entries({ cutBefore, cutAfter, neverSent, refusedForNow })) {
    test(`are asked for again after no answer (${what}), by the same tokens`, async () => {
      await using rig = new Rig();
      const { locker, line } = await rig.party();
      line.next('acquireAll', fate);
      const set = await rig.clock.until(locker.acquire(BOTH));
      assert.equal(set.held, true);
      const asked = line.sent.filter(({ operation }) => operation.kind === 'acquireAll');
      assert.equal(asked.length, 2);
      assert.deepEqual(asked[0]?.operation, asked[1]?.operation);
      await rig.clock.until(set.release());
      assert.equal(rig.server.size, 0);
    });
  }

  test('count their leases from the moment at which they were asked for', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquireAll', slow(20, 180));
    const set = await rig.clock.until(locker.acquire(BOTH, { ttl: 1_000 }));
    assert.ok(set.remaining <= 800, `${set.remaining} ms`);
  });

  test('are asked for again when the answer comes after their leases', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquireAll', slow(0, 200));
    const set = await rig.clock.until(locker.acquire(BOTH, { ttl: 150 }));
    assert.equal(set.held, true);
    await rig.clock.until(set.release());
  });

  test('are not asked for again when they were refused for good', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquireAll', refused);
    await assert.rejects(rig.clock.until(locker.acquire(BOTH)), RedisRefusedError);
    assert.equal(line.sent.length, 1);
  });

  test('are given up when nobody answers, and nothing of them stays', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(lostReply);
    await assert.rejects(rig.clock.until(locker.acquire(BOTH)), RedisUnreachableError);
    line.heal();
    await rig.clock.advance(5_000);
    assert.equal(rig.server.size, 0);
  });

  test('are given up after waitTimeout when nobody answers', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.always(lostRequest, 'acquireAll');
    const call = rig.watch(locker.acquire(BOTH, { waitTimeout: 300 }));
    await rig.clock.advance(350);
    assert.equal(call.state, 'pending', 'an answer may lie in the socket');
    await rig.clock.advance(200);
    assert.ok(call.reason instanceof RedisUnreachableError);
  });

  test('are given back when they are granted after an abort', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const controller = new AbortController();
    line.next('acquireAll', slow(50, 50));
    const call = rig.watch(locker.acquire(BOTH, { signal: controller.signal }));
    await rig.clock.advance(10);
    const reason = new Error('enough');
    controller.abort(reason);
    await rig.clock.advance(200);
    assert.equal(call.reason, reason);
    assert.equal(rig.server.size, 0);
  });

  test('are given back when they are granted after a close', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquireAll', slow(50, 50));
    const call = rig.watch(locker.acquire(BOTH));
    await rig.clock.advance(10);
    await rig.clock.until(locker.close());
    assert.ok(call.reason instanceof LockerClosedError);
    assert.equal(rig.server.size, 0);
  });

  test('are asked for one after the other by who stands behind a call of its own', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextListen(100);
    const first = rig.watch(locker.acquire('a'));
    await rig.clock.advance(10);
    assert.ok(rig.server.strangerReleases('a'));
    const second = rig.watch(locker.acquire(BOTH));
    await rig.clock.advance(200);
    assert.equal(first.state, 'fulfilled');
    assert.equal(second.state, 'pending');
    assert.equal(line.sent.filter(({ operation }) => operation.kind === 'acquireAll').length, 0);
  });
});

describe('several locks, one after the other', () => {
  test('share one waitTimeout', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    rig.server.strangerTakes('b', 60_000);
    const call = rig.watch(locker.acquire(BOTH, { waitTimeout: 8_000 }));
    await rig.clock.advance(4_000);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(4_500);
    assert.ok(call.reason instanceof AcquireTimeoutError);
    assert.equal(call.reason.lockName, 'b');
    assert.ok(call.reason.waited >= 8_000 && call.reason.waited < 8_500);
    assert.ok(rig.server.strangerReleases('b'));
    assert.equal(rig.server.size, 0);
  });

  test('leave no timer behind when a close comes to its end without an answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('b', 60_000);
    const call = rig.watch(locker.acquire(BOTH));
    await rig.clock.advance(100);
    line.always(lostRequest);
    let timers: number | undefined;
    await rig.clock.until(
      locker.close().then(() => {
        ({ timers } = rig.clock);
      }),
    );
    assert.equal(timers, 0);
    assert.ok(call.reason instanceof LockerClosedError);
  });

  test('begin again when one of them runs out on the way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('b', 60_000);
    const call = rig.watch(locker.acquire(BOTH, { ttl: 1_000 }));
    await rig.clock.advance(100);
    line.always(lostRequest, 'renew');
    await rig.clock.advance(1_500);
    line.heal();
    assert.equal(call.state, 'pending');
    await rig.clock.advance(2_000);
    assert.ok(rig.server.strangerReleases('b'));
    await rig.clock.advance(10_000);
    assert.equal(call.state, 'fulfilled');
  });
});
