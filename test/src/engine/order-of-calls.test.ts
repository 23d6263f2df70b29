import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { slow } from './fate.js';
import { type Party, Rig } from './rig.js';

/** The order in which calls of one process get the lock, the first of which finds it held. */
async function orderOf(rig: Rig, { locker }: Party, gaps: readonly number[]): Promise<string> {
  const order: string[] = [];
  const calls: Promise<unknown>[] = [];
  for (const [index, gap] of gaps.entries()) {
    const name = 'abcdefgh'[index] as string;
    calls.push(locker.using('lock', { ttl: 10_000 }, () => order.push(name)));
    await rig.clock.advance(gap);
  }
  await rig.clock.advance(500);
  assert.ok(rig.server.strangerReleases('lock'));
  await rig.clock.until(Promise.all(calls));
  return order.join('');
}

describe('the order of the calls in one process is that of the grants', () => {
  for (const gap of [0, 20, 40, 90]) {
    test(`while the channel is being opened, ${gap} ms apart`, async () => {
      await using rig = new Rig();
      const party = await rig.party();
      rig.server.strangerTakes('lock', 60_000);
      party.line.nextListen(100);
      party.line.always(slow(20, 20), 'acquire');
      assert.equal(await orderOf(rig, party, [gap, gap, gap, gap]), 'abcd');
    });
  }

  test('when the channel stands while an earlier call has not been answered yet', async () => {
    await using rig = new Rig();
    const party = await rig.party();
    rig.server.strangerTakes('lock', 60_000);
    party.line.nextListen(20);
    party.line.next('acquire', slow(20, 20), slow(100, 100));
    assert.equal(await orderOf(rig, party, [10, 70, 40]), 'abc');
  });

  test('when the lock comes free while the first of them has no place yet', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('lock', 60_000);
    line.nextListen(100);
    const first = rig.watch(locker.acquire('lock'));
    await rig.clock.advance(10);
    assert.ok(rig.server.strangerReleases('lock'));
    const second = rig.watch(locker.acquire('lock'));
    await rig.clock.advance(200);
    assert.equal(first.state, 'fulfilled');
    assert.equal(second.state, 'pending');
  });

  test('also of a call that is made while the channel is broken', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('lock', 60_000);
    const waits = [rig.watch(locker.acquire('lock')), rig.watch(locker.acquire('lock'))];
    await rig.clock.advance(10);
    line.channel = 0;
    line.nextListen(100);
    assert.ok(rig.server.strangerReleases('lock'));
    waits.push(rig.watch(locker.acquire('lock')));
    await rig.clock.advance(50);
    assert.deepEqual(
      waits.map(({ state }) => state),
      ['pending', 'pending', 'pending'],
    );
    for (const wait of waits) {
      await rig.clock.advance(6_000);
      assert.equal(wait.state, 'fulfilled');
      await wait.value?.release();
    }
  });

  test('but who only tries waits for nobody', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('lock', 60_000);
    line.nextListen(4_000);
    const wait = rig.watch(locker.acquire('lock'));
    await rig.clock.advance(10);
    assert.equal(await locker.tryAcquire('lock'), null);
    assert.ok(rig.server.strangerReleases('lock'));
    const lock = await locker.tryAcquire('lock');
    assert.equal(lock?.held, true);
    await lock.release();
    await rig.clock.advance(4_000);
    assert.equal(wait.state, 'fulfilled');
  });

  test('and calls for other locks do not wait for that', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('lock', 60_000);
    line.nextListen(100);
    const wait = rig.watch(locker.acquire('lock'));
    await rig.clock.advance(10);
    const free = rig.watch(locker.acquire('other'));
    await rig.clock.advance(0);
    assert.equal(free.state, 'fulfilled');
    assert.equal(wait.state, 'pending');
  });
});
