import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slow } from './fate.js';
import { Rig } from './rig.js';

describe('hand-off', () => {
  test('gives the lock to waiters in the order in which they came', async () => {
    await using rig = new Rig();
    const one = await rig.party();
    const other = await rig.party();
    const order: string[] = [];
    const first = await one.locker.acquire('a');
    const turns: Promise<unknown>[] = [];
    for (const [index, name] of ['b', 'c', 'd', 'e'].entries()) {
      const { locker } = index % 2 === 0 ? one : other;
      turns.push(locker.using('a', () => order.push(name)));
      await rig.clock.advance(0);
    }
    await first.release();
    await Promise.all(turns);
    assert.deepEqual(order, ['b', 'c', 'd', 'e']);
  });

  test('rises in fencing tokens and asks the server for nothing more', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const first = await locker.acquire('a');
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(1_000);
    const asked = line.of('acquire').length;
    await first.release();
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
    assert.ok(wait.value && wait.value.fencingToken > first.fencingToken);
    assert.equal(line.of('acquire').length, asked);
    assert.equal(line.of('renew').length, 0);
  });

  test('resolves at once while half of the ttl is certain, counted from the last "waiting"', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000, renew: false }));
    await rig.clock.advance(480);
    handOff(rig);
    await rig.clock.advance(0);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(wait.value?.remaining, 1_000 - 12 - 480);
    // The first finds the lock busy, the second stands in line.
    assert.equal(line.of('acquire').length, 2);
  });

  test('counts from the last poll that was answered "waiting", not from the first request', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 10_000, renew: false }));
    await rig.clock.advance(9_000);
    const asked = line.of('acquire').length;
    handOff(rig);
    await rig.clock.advance(0);
    assert.equal(wait.value?.remaining, 10_000 - 102 - 4_000);
    assert.equal(line.of('acquire').length, asked);
  });

  test('confirms first when less than half of the ttl is certain', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000, renew: false }));
    await rig.clock.advance(500);
    const asked = line.of('acquire').length;
    line.next('acquire', slow(20, 20));
    handOff(rig);
    await rig.clock.advance(39);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(1);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(wait.value?.remaining, 1_000 - 12 - 40);
    assert.equal(line.of('acquire').length, asked + 1);
  });

  test('after a wait of many ttls returns a lease with at least half of it to come', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 600_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 1_000 }));
    await rig.clock.advance(33_333);
    handOff(rig);
    await rig.clock.advance(0);
    assert.ok(wait.value && wait.value.remaining >= 500);
    await rig.clock.advance(5_000);
    assert.equal(wait.value.held, true);
  });

  test('that is confirmed too late is confirmed again, and never a lease in the past', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 400, renew: false }));
    await rig.clock.advance(300);
    line.next('acquire', slow(0, 450));
    handOff(rig);
    await rig.clock.advance(450);
    assert.equal(wait.state, 'fulfilled');
    assert.equal(wait.value?.remaining, 400 - 6);
  });

  test('is renewed at once when a third of the ttl is already over', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const wait = rig.watch(locker.acquire('a', { ttl: 900 }));
    await rig.clock.advance(400);
    handOff(rig);
    await rig.clock.advance(0);
    assert.equal(line.of('renew').length, 1);
    assert.equal(wait.value?.remaining, 900 - 11);
  });
});

/** The stranger gives the lock back; the server hands it to the first in line. */
function handOff(rig: Rig): void {
  assert.ok(rig.server.strangerReleases('a'));
}
