import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutAfter, cutBefore, lostReply, refused, slow } from './fate.js';
import { Rig } from './rig.js';

describe('tryAcquire', () => {
  test('sends exactly one operation when the lock is free', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.tryAcquire('a');
    assert.ok(lock?.held);
    assert.equal(line.sent.length, 1);
  });

  test('sends exactly one operation when it is busy: nothing to cancel', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    assert.equal(await locker.tryAcquire('a'), null);
    await rig.clock.advance(10_000);
    assert.equal(line.sent.length, 1);
    assert.equal(line.listens, 0);
  });

  test('is null, however late the answer "busy" comes', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', slow(400, 400));
    const attempt = rig.watch(locker.tryAcquire('a'));
    await rig.clock.advance(800);
    assert.equal(attempt.state, 'fulfilled');
    assert.equal(attempt.value, null);
  });

  test('never enqueues, even when the channel stands', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    assert.equal(await locker.tryAcquire('a'), null);
    assert.equal(line.of('acquire')[0]?.enqueue, false);
    assert.equal(rig.server.size, 1);
  });

  test('does not overtake those who wait', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const first = await locker.acquire('a');
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(0);
    const released = first.release();
    assert.equal(await locker.tryAcquire('a'), null);
    await released;
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('rejects as unreachable when no answer comes: that is not busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.always(cutBefore, 'acquire');
    const attempt = rig.clock.until(locker.tryAcquire('a'));
    await assert.rejects(attempt, { code: 'REDIS_UNREACHABLE' });
  });

  test('rejects as refused when Redis answers with an error: that is not busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', refused);
    await assert.rejects(locker.tryAcquire('a'), { code: 'REDIS_REFUSED' });
  });

  test('asks again after a lost reply, and gets the lock that it already had', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    line.next('acquire', cutAfter);
    const lock = await rig.clock.until(locker.tryAcquire('a'));
    assert.ok(lock?.held);
    assert.equal(line.of('acquire').length, 2);
    assert.equal(line.of('acquire')[0]?.token, line.of('acquire')[1]?.token);
  });

  test('cancels what a lost first attempt may have left when the second is busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', lostReply);
    assert.equal(await rig.clock.until(locker.tryAcquire('a')), null);
    assert.equal(line.of('cancel').length, 1);
  });

  test('asks again at once where the server has only dead waiters to clear away', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 1_000);
    rig.server.ghostsWait('a', 300);
    await rig.clock.advance(1_001);
    const lock = await locker.tryAcquire('a');
    assert.ok(lock?.held);
    assert.equal(line.of('acquire').length, 3);
  });
});
