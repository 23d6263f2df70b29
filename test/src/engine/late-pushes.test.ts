import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lock, LockJSON } from '@holdfast/core';
import { lostRequest, pushLost } from './fate.js';
import { Rig } from './rig.js';

describe('a push that nobody waits for any more', () => {
  test('leaves the lock to whoever adopted it after the poll had found the grant', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    rig.server.strangerTakes('a', 1_000);
    line.nextPush(pushLost);
    const wait = rig.watch(locker.acquire('a', { ttl: 60_000 }));
    await rig.clock.advance(500);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(501);
    const lock = wait.value;
    assert.ok(lock?.held);
    const { token, fencingToken } = lock;
    const adopted = await other.locker.adopt(lock.handOver());
    const before = line.sent.length;
    line.push({ key: 'a', token, fencingToken });
    await rig.clock.advance(100);
    assert.deepEqual(line.sent.slice(before), []);
    assert.equal(rig.server.strangerTakes('a', 1_000), false);
    assert.equal(adopted.held, true);
    await adopted.release();
    assert.equal(rig.server.size, 0);
  });

  test('leaves the lock to whoever adopted it, also when it comes again and again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const other = await rig.party();
    const first = await locker.acquire('a');
    line.nextPush([0, 10, 200, 5_000]);
    const wait = rig.watch(locker.acquire('a', { ttl: 60_000 }));
    await rig.clock.advance(0);
    await first.release();
    await rig.clock.advance(0);
    const adopted = await other.locker.adopt(handOver(wait.value));
    await rig.clock.advance(10_000);
    assert.equal(adopted.held, true);
    assert.equal(rig.server.strangerTakes('a', 1_000), false);
    assert.equal(line.of('cancel').length + line.of('release').length, 1);
  });

  test('leaves a lock alone if it is of another one, whatever token it names', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a');
    const { token, fencingToken } = lock;
    line.push({ key: 'b', token, fencingToken: fencingToken + 1 });
    await rig.clock.advance(0);
    assert.equal(lock.held, true);
    assert.equal(line.of('release').length, 0);
  });

  test('gives back what nobody here has ever held', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const given = rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    await rig.clock.advance(0);
    const [asked] = line.of('acquire');
    assert.ok(asked?.kind === 'acquire');
    await rig.clock.advance(1_100);
    assert.equal(given.state, 'rejected');
    assert.ok(rig.server.strangerReleases('a'));
    // The server has the line of before again, and serves it.
    const granted = rig.server.apply({ ...asked, enqueue: false, ticket: undefined });
    assert.ok(granted.kind === 'granted');
    line.push({ key: 'a', token: asked.token, fencingToken: granted.fencingToken });
    await rig.clock.advance(0);
    assert.equal(rig.server.isFree('a'), true);
  });

  test('ends what it tells of while the cancel of its claim is on its way', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.next('cancel', lostRequest);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 1_000 }));
    await rig.clock.advance(1_100);
    assert.equal(wait.state, 'rejected');
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(0);
    assert.equal(rig.server.isFree('a'), true);
  });
});

function handOver(lock: Lock | undefined): LockJSON {
  assert.ok(lock);
  return lock.handOver();
}
