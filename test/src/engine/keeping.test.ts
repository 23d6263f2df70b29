import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { onEvent } from '@holdfast/core';
import { lostReply, lostRequest, slow } from './fate.js';
import { Rig } from './rig.js';

const LEAST = 60_000;
/** What a lease of its own is made to last: a fiftieth and 50 ms more. */
const COVER = LEAST * 1.02 + 50;

describe('a lock that is kept when its owner is done', () => {
  test('is given back when its time is over, and not before', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 2 * LEAST, holdAtLeast: LEAST });
    await rig.clock.advance(5);
    const released = rig.watch(lock.release());
    await rig.clock.advance(0);
    assert.equal(released.state, 'fulfilled');
    await rig.clock.advance(LEAST - 6);
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(1);
    assert.equal(line.of('release').length, 1);
    assert.equal(rig.server.size, 0);
    // The lease lasts for longer than that: the one renewal asks whether the work was protected.
    assert.equal(line.of('renew').length, 1);
  });

  test('has a lease of its own that lasts until then, and nobody renews it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    await lock.release();
    await rig.clock.advance(LEAST - 1);
    assert.deepEqual(
      line.of('renew').map(({ at, ttl }) => [at, ttl]),
      [[line.of('renew')[0]?.at, COVER]],
    );
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(1);
    assert.equal(rig.server.size, 0);
  });

  test('is covered after the renewal that is under way, not beside it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    line.next('renew', slow(100, 100));
    await rig.clock.advance(1_050);
    const released = rig.watch(lock.release());
    await rig.clock.advance(100);
    assert.equal(released.state, 'pending');
    assert.equal(line.of('renew').length, 1);
    await rig.clock.advance(50);
    assert.equal(line.of('renew').length, 2);
    await rig.clock.advance(0);
    assert.equal(released.state, 'fulfilled');
    await rig.clock.advance(LEAST);
    assert.equal(rig.server.size, 0);
  });

  test('is covered again until there is an answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 30_000, holdAtLeast: LEAST });
    line.always(lostRequest, 'renew');
    const released = rig.watch(lock.release());
    await rig.clock.advance(12_000);
    assert.equal(released.state, 'rejected');
    const inVain = line.of('renew').length;
    assert.ok(inVain > 1, `${inVain} renewals`);
    line.heal();
    await rig.clock.advance(LEAST - 12_000 - 1);
    assert.equal(rig.server.isFree('a'), false);
    // Timers count whole milliseconds.
    await rig.clock.advance(2);
    assert.equal(rig.server.size, 0);
  });

  test('is covered once more when its locker closes, if it was not yet', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 30_000, holdAtLeast: LEAST });
    line.always(lostRequest, 'renew');
    const released = rig.watch(lock.release());
    await rig.clock.advance(6_000);
    assert.equal(released.state, 'rejected');
    line.heal();
    await rig.clock.until(locker.close());
    await rig.clock.advance(LEAST - 6_000 - 10);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(2_000);
    assert.equal(rig.server.size, 0);
  });

  test('is left to the server when its locker closes, for as long as it has to be', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    await lock.release();
    await rig.clock.until(locker.close());
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(LEAST - 1);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(COVER - LEAST + 1);
    assert.equal(rig.server.size, 0);
  });

  test('is covered before its locker has closed', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    line.next('renew', lostReply);
    const released = rig.watch(lock.release());
    const closed = rig.watch(locker.close());
    await rig.clock.advance(0);
    assert.deepEqual([released.state, closed.state], ['pending', 'pending']);
    await rig.clock.advance(5_000);
    assert.deepEqual([released.state, closed.state], ['fulfilled', 'fulfilled']);
    await rig.clock.advance(LEAST - 5_000 - 1);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(COVER);
  });

  test('stays when its locker closes in the middle of the work', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    await rig.clock.advance(20_000);
    await rig.clock.until(locker.close());
    assert.equal(lock.held, false);
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(LEAST - 20_000 - 1);
    assert.equal(rig.server.isFree('a'), false);
    await rig.clock.advance(2_000);
    assert.equal(rig.server.size, 0);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'closed' });
  });

  test('is nobody’s business any more when somebody has taken it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    assert.ok(rig.server.strangerReleases('a', lock.token));
    assert.ok(rig.server.strangerTakes('a', 2 * LEAST));
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'taken' });
    await rig.clock.advance(LEAST);
    assert.equal(line.of('renew').length, 1);
    assert.equal(line.of('release').length, 0);
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('is no loss, and no release either, when it was taken from who was done with it', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const told: string[] = [];
    using _ = onEvent(({ channel }) => told.push(channel));
    const lock = await locker.acquire('a', { ttl: 3_000, holdAtLeast: LEAST });
    await lock.release();
    assert.ok(rig.server.strangerReleases('a', lock.token));
    assert.ok(rig.server.strangerTakes('a', 2 * LEAST));
    await rig.clock.advance(LEAST);
    assert.deepEqual(told, ['holdfast:acquire', 'holdfast:renewal']);
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('is not given back early because its owner lost it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, holdAtLeast: LEAST });
    line.always(lostReply, 'renew');
    await rig.clock.advance(2_000);
    assert.equal(lock.held, false);
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'expired' });
    await rig.clock.advance(0);
    assert.equal(line.of('release').length, 0);
    await rig.clock.advance(2_000);
  });
});
