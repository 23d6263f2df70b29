import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RedisUnreachableError } from '@holdfast/core';
import { cutAfter, cutAndLate, cutBefore, lostReply, lostRequest, refused, twice } from './fate.js';
import { Rig } from './rig.js';

describe('an acquire without an answer', () => {
  test('is sent again with the same token, and gets the fencing token it already had', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', cutAfter);
    const acquired = rig.clock.until(locker.acquire('a'));
    const lock = await acquired;
    const [first, second] = line.of('acquire');
    assert.equal(first?.token, second?.token);
    assert.equal(lock.token, first?.token);
    const { token, fencingToken } = lock;
    const answer = rig.server.apply({ kind: 'renew', key: 'a', token, fencingToken, ttl: 10 });
    assert.equal(answer.kind, 'renewed');
  });

  test('does not leave an orphan that blocks its own retry', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', lostReply);
    const wait = rig.watch(locker.acquire('a', { ttl: 3_600_000 }));
    await rig.clock.advance(2_550);
    assert.equal(wait.state, 'fulfilled');
  });

  test('counts its lease from the request that was answered', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', lostReply);
    const lock = await rig.clock.until(locker.acquire('a', { ttl: 10_000, renew: false }));
    assert.equal(lock.remaining, 10_000 - 102);
  });

  test('ends as unreachable after the command timeout, and not much later', async () => {
    for (const fate of [lostRequest, lostReply, cutBefore, cutAfter]) {
      await using rig = new Rig();
      const { locker, line } = await rig.party(5_000);
      const start = rig.clock.now();
      line.always(fate);
      const wait = rig.watch(locker.acquire('a'));
      await rig.clock.advance(4_900);
      assert.equal(wait.state, 'pending');
      await rig.clock.advance(600);
      assert.ok(wait.reason instanceof RedisUnreachableError);
      assert.equal(wait.reason.address, 'scripted');
      assert.ok(wait.at !== undefined && wait.at - start <= 5_500);
    }
  });

  test('does not flood a server that cuts every connection', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(5_000);
    line.always(cutBefore, 'acquire');
    await assert.rejects(rig.clock.until(locker.acquire('a')), RedisUnreachableError);
    assert.ok(line.sent.length <= 105, `${line.sent.length} requests`);
  });

  test('leaves a cancel that is sent until it is answered', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(lostReply, 'acquire');
    line.always(lostRequest, 'cancel');
    const wait = rig.watch(locker.acquire('a', { ttl: 60_000 }));
    await rig.clock.advance(10_000);
    assert.ok(wait.reason instanceof RedisUnreachableError);
    assert.ok(line.of('cancel').length > 5);
    assert.equal(rig.server.size, 1);
    line.heal();
    await rig.clock.advance(1_000);
    assert.equal(rig.server.size, 0);
    const sent = line.sent.length;
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
    assert.equal(rig.clock.timers, 0);
  });

  test('stops cancelling when the lease has run out by itself', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(lostReply, 'acquire');
    line.always(lostRequest, 'cancel');
    await assert.rejects(rig.clock.until(locker.acquire('a', { ttl: 3_000 })));
    await rig.clock.advance(4_000);
    const sent = line.sent.length;
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
    assert.equal(rig.server.size, 0);
  });

  test('that is refused ends at once and is not sent again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', refused);
    await assert.rejects(locker.acquire('a'), { code: 'REDIS_REFUSED' });
    assert.equal(line.of('acquire').length, 1);
  });

  test('that a dead connection delivers after the cancel costs a ttl, never exclusion', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    line.always(cutBefore, 'acquire');
    line.next('acquire', cutAndLate(3_000));
    await assert.rejects(rig.clock.until(locker.acquire('a', { ttl: 2_000 })));
    await rig.clock.advance(2_200);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(2_000);
    assert.equal(rig.server.isFree('a'), true);
  });

  test('that arrives twice takes one lock', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', twice(100));
    const lock = await locker.acquire('a', { ttl: 1_000 });
    await rig.clock.advance(200);
    assert.equal(lock.held, true);
    await lock.release();
    assert.equal(rig.server.size, 0);
  });

  test('that arrives again in the line keeps one place', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', twice(100));
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(200);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    await wait.value?.release();
    assert.equal(rig.server.size, 0);
  });
});
