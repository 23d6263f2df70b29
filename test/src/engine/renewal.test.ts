import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Rig } from './rig.js';

describe('renewal', () => {
  test('goes out at a third of the ttl, again and again', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const start = rig.clock.now();
    const lock = await locker.acquire('a', { ttl: 900 });
    await rig.clock.advance(1_500);
    assert.deepEqual(
      line.of('renew').map(({ at }) => at - start),
      [300, 600, 900, 1_200, 1_500],
    );
    assert.equal(lock.held, true);
  });

  test('holds a lock for many times its ttl', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 300 });
    await rig.clock.advance(30_000);
    assert.equal(lock.held, true);
    assert.equal(rig.server.strangerTakes('a', 100), false);
    await lock.release();
    assert.equal(rig.server.size, 0);
  });

  test('does not happen with renew: false, and the lease ends at its deadline', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900, renew: false });
    const { signal } = lock;
    await rig.clock.advance(888);
    assert.equal(signal.aborted, false);
    await rig.clock.advance(1);
    assert.equal(signal.aborted, true);
    assert.deepEqual(line.of('renew'), []);
  });

  test('needs one timer for 1,000 locks, and sends what is due in the same turn', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const names = Array.from({ length: 1_000 }, (_, index) => `lock ${index}`);
    const locks = await Promise.all(names.map((name) => locker.acquire(name, { ttl: 900 })));
    assert.equal(rig.clock.timers, 1);
    const set = rig.clock.set;
    await rig.clock.advance(299);
    assert.equal(line.of('renew').length, 0);
    await rig.clock.advance(1);
    assert.equal(line.of('renew').length, 1_000);
    assert.equal(new Set(line.of('renew').map(({ at }) => at)).size, 1);
    assert.equal(rig.clock.timers, 1);
    assert.ok(rig.clock.set - set <= 3, `${rig.clock.set - set} timers were set`);
    await Promise.all(locks.map((lock) => lock.release()));
    assert.equal(rig.clock.timers, 0);
    assert.equal(rig.server.size, 0);
  });

  test('with the shortest ttl makes no hot loop', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 10 });
    await rig.clock.advance(1_000);
    assert.equal(lock.held, true);
    const perSecond = line.of('renew').length;
    assert.ok(perSecond >= 200 && perSecond <= 300, `${perSecond} renewals in a second`);
  });

  test('leaves no timer and sends nothing after the release, however often a name is reused', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    for (let round = 0; round < 20; round += 1) {
      const lock = await locker.acquire('a', { ttl: 300 });
      await rig.clock.advance(150);
      await lock.release();
    }
    const sent = line.sent.length;
    assert.equal(rig.clock.timers, 0);
    await rig.clock.advance(60_000);
    assert.equal(line.sent.length, sent);
  });

  test('leaves no timer after a loss', async () => {
    await using rig = new Rig();
    const { locker } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    assert.equal(rig.server.strangerReleases('a', lock.token), true);
    await rig.clock.advance(300);
    assert.equal(lock.held, false);
    assert.equal(rig.clock.timers, 0);
  });

  test('is sent at once when a stall has made it due, if the deadline allows it', async () => {
    await using rig = new Rig();
    const { locker, line } = await rig.party();
    const lock = await locker.acquire('a', { ttl: 900 });
    rig.clock.stall(850);
    await rig.clock.advance(0);
    assert.equal(line.of('renew').length, 1);
    await rig.clock.advance(100);
    assert.equal(lock.held, true);
  });
});
