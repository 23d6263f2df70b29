import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutBefore, lostReply, pushLost, slow } from './fate.js';
import { Rig } from './rig.js';

describe('a pushed grant', () => {
  test('is ignored when it is older than the last "waiting": it is over', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextPush([100]);
    const wait = rig.watch(locker.acquire('a', { ttl: 10_000 }));
    await rig.clock.advance(50);
    handOff(rig);
    // While the grant is under way, an admin takes the lock away and somebody else takes it.
    const [{ token } = { token: '' }] = line.of('acquire');
    assert.ok(rig.server.strangerReleases('a', token));
    assert.ok(rig.server.strangerTakes('a', 60_000));
    line.reconnect();
    await rig.clock.advance(0);
    await rig.clock.advance(4_000);
    assert.equal(wait.state, 'pending');
    handOff(rig);
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('of an earlier grant that comes late leaves a lock alone that was granted anew', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextPush([2_000]);
    const wait = rig.watch(locker.acquire('a', { ttl: 50 }));
    await rig.clock.advance(10);
    handOff(rig);
    await rig.clock.advance(60);
    assert.ok(rig.server.strangerTakes('a', 60_000));
    line.reconnect();
    await rig.clock.advance(10);
    handOff(rig);
    await rig.clock.advance(0);
    const lock = wait.value;
    assert.ok(lock?.held);
    await rig.clock.advance(3_000);
    assert.equal(lock.held, true);
    await lock.release();
  });

  test('delivered twice gives one lock', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const first = await locker.acquire('a');
    line.nextPush([0, 50, 5_000]);
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000 }));
    await rig.clock.advance(0);
    await first.release();
    await rig.clock.advance(100);
    const lock = wait.value;
    assert.ok(lock?.held);
    const sent = line.of('cancel').length;
    await lock.release();
    await rig.clock.advance(6_000);
    assert.ok(line.of('cancel').length <= sent + 1);
    assert.equal(rig.server.size, 0);
  });

  test('that overtakes the answer of the acquire counts', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', slow(0, 200));
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000, renew: false }));
    await rig.clock.advance(100);
    handOff(rig);
    await rig.clock.advance(50);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(50);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(wait.value?.remaining, 1_000 - 12 - 200);
  });

  test('is taken when it came although the acquire itself got no answer', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    await line.listen();
    rig.server.strangerTakes('a', 60_000);
    line.next('acquire', lostReply);
    const wait = rig.watch(locker.acquire('a', { ttl: 10_000 }));
    await rig.clock.advance(10);
    handOff(rig);
    await rig.clock.advance(500);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(line.of('acquire').length, 1);
  });

  test('that is lost is found when the connection comes back', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextPush(pushLost);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(100);
    handOff(rig);
    await rig.clock.advance(100);
    assert.equal(wait.state, 'pending');
    line.reconnect();
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
  });

  test('whose confirmation fails is confirmed again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000 }));
    await rig.clock.advance(700);
    line.next('acquire', cutBefore);
    handOff(rig);
    await rig.clock.advance(50);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(wait.value?.held, true);
  });
});

/** The stranger gives the lock back; the server hands it to the first in line. */
function handOff(rig: Rig): void {
  assert.ok(rig.server.strangerReleases('a'));
}
