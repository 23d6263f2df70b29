import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LockJSON, LockLostError } from '@holdfast/core';
import { cutAfter, lostRequest, slow } from './fate.js';
import { lossOf } from './loss.js';
import { Rig } from './rig.js';

describe('adopt', () => {
  test('confirms the lock by a renewal and keeps it alive from here', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, renew: false });
    await rig.clock.advance(400);
    const adopted = await other.locker.adopt(lock.toJSON(), { renew: true });
    assert.equal(other.line.of('renew').length, 1);
    assert.equal(adopted.name, 'a');
    assert.equal(adopted.token, lock.token);
    assert.equal(adopted.fencingToken, lock.fencingToken);
    assert.equal(adopted.remaining, 900 - 11);
    await rig.clock.advance(10_000);
    assert.equal(adopted.held, true);
    assert.equal(lock.held, false);
    await adopted.release();
    assert.equal(rig.server.size, 0);
  });

  test('survives the way of JSON', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const name = 'a "quoted" {name}\nwith 🔒';
    const lock = await locker.acquire(name, { ttl: 900 });
    const adopted = await other.locker.adopt(JSON.parse(JSON.stringify(lock)) as LockJSON);
    assert.deepEqual(adopted.toJSON(), lock.toJSON());
  });

  test('by the same locker makes a handle of its own, and the end of the grant ends both', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    const adopted = await locker.adopt(lock.toJSON());
    const { signal } = lock;
    await adopted.release();
    assert.equal(lock.held, false);
    assert.equal((signal.reason as LockLostError).reason, 'gone');
    await assert.rejects(lock.release(), { code: 'LOCK_LOST', reason: 'gone' });
    assert.equal(line.of('release').length, 1);
    assert.equal(rig.server.size, 0);
  });

  test('twice at once by one locker makes two, and the end of the grant ends all', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a', { renew: false });
    const [first, second] = await Promise.all([
      other.locker.adopt(lock.toJSON()),
      other.locker.adopt(lock.toJSON()),
    ]);
    await first.release();
    assert.equal(second.held, false);
    await assert.rejects(second.release(), { code: 'LOCK_LOST' });
    await assert.rejects(lock.release(), { code: 'LOCK_LOST' });
  });

  test('of a handle that is being released by the same locker rejects as lost', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('release', slow(100));
    const release = rig.watch(lock.release());
    const adoption = rig.watch(locker.adopt(lock.toJSON()));
    await rig.clock.advance(200);
    assert.equal(release.state, 'fulfilled');
    assert.equal(lossOf(adoption).lockName, 'a');
  });

  test('under way while the same grant is given back here rejects as lost', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    line.next('renew', slow(0, 50));
    const adoption = rig.watch(locker.adopt(lock.toJSON()));
    await rig.clock.advance(10);
    await lock.release();
    await rig.clock.advance(100);
    assert.equal(lossOf(adoption).lockName, 'a');
    assert.equal(rig.server.size, 0);
  });

  test('of the same JSON twice at once gives two holders, and the first release ends both', async () => {
    await using rig = new Rig();
    const giver = await rig.party();
    const { locker, line } = await rig.party();
    const json = (await giver.locker.acquire('a')).handOver();
    line.next('renew', slow(0, 10), slow(0, 50));
    const first = rig.watch(locker.adopt(json));
    const second = rig.watch(locker.adopt(json));
    await rig.clock.advance(20);
    await first.value?.release();
    await rig.clock.advance(100);
    assert.equal(lossOf(second).lockName, 'a');
    assert.equal(rig.server.size, 0);
  });

  test('leaves the grant to the adopter when the handle that expired leaves its block', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    for (const adopter of [locker, other.locker]) {
      const lock = await locker.acquire('a', { ttl: 100, renew: false });
      const adopted = await adopter.adopt(lock.toJSON(), { ttl: 3_000 });
      await rig.clock.advance(120);
      await assert.rejects(lock.release(), { reason: 'expired' });
      await rig.clock.advance(10);
      assert.equal(rig.server.strangerTakes('a', 1_000), false);
      assert.equal(adopted.held, true);
      await adopted.release();
    }
  });

  test('of a lock that is gone rejects with LockLostError', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a');
    const json = lock.toJSON();
    await lock.release();
    await assert.rejects(other.locker.adopt(json), {
      code: 'LOCK_LOST',
      reason: 'gone',
      lockName: 'a',
    });
    assert.ok(rig.server.strangerTakes('a', 60_000));
    await assert.rejects(other.locker.adopt(json), { code: 'LOCK_LOST', reason: 'taken' });
    assert.ok(rig.server.strangerReleases('a'));
  });

  test('of a token that was granted anew rejects: it is not that acquisition', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a');
    const json = { ...lock.toJSON(), fencingToken: lock.fencingToken - 1 };
    const other = await rig.party();
    await assert.rejects(other.locker.adopt(json), { code: 'LOCK_LOST', reason: 'taken' });
  });

  test('counts the lease from the request that it sent first, and asks again after a cut', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a', { ttl: 10_000 });
    other.line.next('renew', cutAfter);
    const adopted = await rig.clock.until(other.locker.adopt(lock.toJSON(), { renew: false }));
    assert.ok(adopted.remaining <= 10_000 - 102);
    assert.ok(adopted.remaining >= 10_000 - 102 - 50);
  });

  test('whose answer comes after the deadline rejects as expired', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party();
    const lock = await locker.acquire('a', { ttl: 300 });
    other.line.next('renew', slow(0, 400));
    const adoption = rig.watch(other.locker.adopt(lock.toJSON()));
    await rig.clock.advance(400);
    assert.equal(lossOf(adoption).reason, 'expired');
  });

  test('without an answer ends as unreachable after the command timeout', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const other = await rig.party(1_000);
    const lock = await locker.acquire('a');
    other.line.always(lostRequest);
    const adoption = rig.clock.until(other.locker.adopt(lock.toJSON()), 1_100);
    await assert.rejects(adoption, { code: 'REDIS_UNREACHABLE' });
    assert.equal(lock.held, true);
  });
});
