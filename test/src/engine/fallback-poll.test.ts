import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cutBefore, pushLost, refused } from './fate.js';
import { codeOf } from './loss.js';
import { Rig } from './rig.js';

describe('fallback poll', () => {
  test('finds a crashed holder when its lease has run out', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    rig.server.strangerTakes('a', 3_000);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(2_999);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(2);
    assert.equal(wait.state, 'fulfilled');
  });

  test('finds a lost push within the lease of the holder, and has the channel built anew', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_000);
    line.nextPush(pushLost);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(100);
    assert.ok(rig.server.strangerReleases('a'));
    assert.deepEqual(line.doubts, []);
    await rig.clock.advance(2_901);
    assert.equal(wait.state, 'fulfilled');
    assert.deepEqual(line.doubts, ['not certain']);
  });

  test('finds a lost push after at most 5 s, however long the lease of the holder', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    line.nextPush(pushLost);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(100);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(4_899);
    assert.equal(wait.state, 'pending');
    await rig.clock.advance(1);
    assert.equal(wait.state, 'fulfilled');
    assert.deepEqual(line.doubts, ['not certain']);
  });

  test('does not blame the channel for a holder that crashed', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 1_000);
    await rig.clock.until(locker.acquire('a'));
    assert.deepEqual(line.doubts, []);
  });

  test('that finds the lock free brings the others of the process back: the line was lost', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    const order: number[] = [];
    const turns = [0, 1, 2, 3, 4, 5].map((place) =>
      locker.using('a', { ttl: 1_000 }, () => order.push(place)),
    );
    await rig.clock.advance(0);
    const waiting = line.of('acquire').filter(({ enqueue }) => enqueue);
    for (const { token, ttl } of waiting)
      rig.server.apply({ kind: 'cancel', key: 'a', token, ttl });
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(5_100);
    await Promise.all(turns);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
  });

  test('is one request per interval for 1,000 waiters, by the oldest', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    const waits = Array.from({ length: 1_000 }, () => rig.watch(locker.acquire('a')));
    await rig.clock.advance(4_999);
    const asked = line.of('acquire').length;
    await rig.clock.advance(15_001);
    const polls = line.of('acquire').slice(asked);
    assert.equal(polls.length, 4);
    const oldest = Math.min(...polls.map(({ ticket }) => ticket ?? 0));
    assert.deepEqual([...new Set(polls.map(({ ticket }) => ticket))], [oldest]);
    assert.equal(waits.filter(({ state }) => state === 'pending').length, 1_000);
  });

  test('keeps the order of the waiters when it finds that pushes are lost', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 1_000);
    line.nextPush(pushLost, pushLost, pushLost);
    const order: number[] = [];
    const turns = [1, 2, 3].map((n) => locker.using('a', () => order.push(n)));
    await rig.clock.until(Promise.all(turns), 30_000);
    assert.deepEqual(order, [1, 2, 3]);
  });

  test('is not put off by waiters that come later', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 60_000);
    line.nextPush(pushLost);
    const first = rig.watch(locker.acquire('a'));
    await rig.clock.advance(100);
    assert.ok(rig.server.strangerReleases('a'));
    for (let i = 0; i < 9; i += 1) {
      rig.watch(locker.acquire('a'));
      await rig.clock.advance(500);
    }
    await rig.clock.advance(400);
    assert.equal(first.state, 'fulfilled');
  });

  test('stops with the last waiter', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    const wait = rig.watch(locker.acquire('a', { waitTimeout: 100 }));
    await rig.clock.advance(200);
    assert.equal(wait.state, 'rejected');
    const sent = line.sent.length;
    assert.equal(rig.clock.timers, 0);
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
  });

  test('that stays unanswered ends the waits on that lock as unreachable, not as busy', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party(1_000);
    rig.server.strangerTakes('a', 3_600_000);
    const waits = [1, 2, 3].map(() => rig.watch(locker.acquire('a')));
    await rig.clock.advance(4_000);
    line.always(cutBefore);
    await rig.clock.advance(1_900);
    assert.deepEqual(
      waits.map(({ state }) => state),
      ['pending', 'pending', 'pending'],
    );
    await rig.clock.advance(100);
    for (const { reason } of waits) {
      assert.equal(codeOf(reason), 'REDIS_UNREACHABLE');
    }
    line.heal();
    await rig.clock.advance(200);
    assert.ok(rig.server.strangerReleases('a'));
    assert.equal(rig.server.size, 0);
  });

  test('that is refused ends the wait of the one it asked for', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    rig.server.strangerTakes('a', 3_600_000);
    const wait = rig.watch(locker.acquire('a'));
    await rig.clock.advance(4_000);
    line.next('acquire', refused);
    await rig.clock.advance(1_000);
    assert.equal(codeOf(wait.reason), 'REDIS_REFUSED');
  });
});
