/** What a holder makes of the word that its lock was taken away by force. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Lock } from '@holdfast/core';
import { lostRequest, neverSent, refused, slow } from './fate.js';
import { lossOf } from './loss.js';
import { type Party, Rig } from './rig.js';

const HOUR = 3_600_000;

/** Says of this lock that it was taken away. */
function deny({ line }: Party, { name, token, fencingToken }: Lock): void {
  line.push({ key: name, token, fencingToken }, 'forced');
}

suite('the word that a lock was taken away', () => {
  test('is true: the lock is lost within a round trip, and whoever has it is told of', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a', { ttl: HOUR, renew: false });
    const { signal } = lock;
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    rig.server.strangerTakes('a', HOUR);
    assert.equal(lock.held, true);
    deny(mine, lock);
    await rig.clock.advance(0);
    const { reason, holder } = lossOf(signal);
    assert.equal(reason, 'forced');
    assert.ok(holder?.kind === 'locker' && holder.token === 'stranger/1');
    assert.equal(mine.line.of('renew').length, 1);
  });

  test('comes before the answer that tells of its grant: the lock is verified at once', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    await mine.line.listen();
    mine.line.next('acquire', slow(0, 200));
    const acquiring = rig.watch(mine.locker.acquire('a', { ttl: HOUR, renew: false }));
    await rig.clock.advance(100);
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    rig.server.strangerTakes('a', HOUR);
    await rig.clock.advance(100);
    const lock = acquiring.value;
    assert.ok(lock);
    await rig.clock.advance(0);
    assert.equal(lossOf(lock.signal).reason, 'forced');
    assert.equal(mine.line.of('renew').length, 1);
  });

  test('comes before the grant that was pushed is confirmed: the lock is verified at once', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    await mine.line.listen();
    rig.server.strangerTakes('a', HOUR);
    mine.line.next('acquire', slow(0, 200));
    const acquiring = rig.watch(mine.locker.acquire('a', { ttl: HOUR, renew: false }));
    await rig.clock.advance(50);
    assert.ok(rig.server.strangerReleases('a'));
    await rig.clock.advance(50);
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    await rig.clock.advance(100);
    const lock = acquiring.value;
    assert.ok(lock);
    await rig.clock.advance(0);
    assert.equal(lossOf(lock.signal).reason, 'forced');
  });

  test('comes of far more grants than are remembered: of the last ones it is known', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    await mine.line.listen();
    mine.line.next('acquire', slow(0, 200));
    const acquiring = rig.watch(mine.locker.acquire('a', { ttl: HOUR, renew: false }));
    await rig.clock.advance(100);
    const forced = (count: number): void => {
      for (let n = 1; n <= count; n += 1) {
        mine.line.push({ key: 'a', token: 'party-1/other', fencingToken: n }, 'forced');
      }
    };
    forced(2_000);
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    forced(1_000);
    await rig.clock.advance(100);
    const lock = acquiring.value;
    assert.ok(lock);
    await rig.clock.advance(0);
    assert.equal(lossOf(lock.signal).reason, 'forced');
  });

  test('is a lie: the lock is held on, and its lease is not moved', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a', { ttl: 60_000, renew: false });
    await rig.clock.advance(20_000);
    deny(mine, lock);
    await rig.clock.advance(0);
    assert.equal(lock.held, true);
    const [question] = mine.line.of('renew');
    assert.ok(question !== undefined && question.ttl > 30_000 && question.ttl <= 40_000);
    // It runs out when it would have, here and at the server.
    await rig.clock.advance(40_001);
    assert.equal(lock.held, false);
    assert.equal(rig.server.isFree('a'), true);
  });

  test('is of another grant, or another lock: nobody asks', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a');
    const { token, fencingToken } = lock;
    const others = [
      { key: 'a', token, fencingToken: fencingToken - 1 },
      { key: 'a', token, fencingToken: fencingToken + 1 },
      { key: 'a', token: 'party-1/7', fencingToken },
      { key: 'b', token, fencingToken },
    ];
    for (const grant of others) mine.line.push(grant, 'forced');
    await rig.clock.advance(0);
    assert.equal(mine.line.of('renew').length, 0);
    assert.equal(lock.held, true);
  });

  for (const [what, fate] of Object.entries({ lostRequest, neverSent, refused })) {
    test(`cannot be verified (${what}): unknown is not lost`, async () => {
      await using rig = new Rig();
      const mine = await rig.party();
      const lock = await mine.locker.acquire('a', { ttl: 60_000 });
      mine.line.always(fate, 'renew');
      deny(mine, lock);
      await rig.clock.advance(15_000);
      assert.equal(lock.held, true);
      mine.line.heal();
      await rig.clock.advance(60_000);
      assert.equal(lock.held, true, 'renewals go on as ever');
    });
  }

  test('is true, and the first answer does not come: it is asked again', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a', { ttl: HOUR, renew: false });
    const { signal } = lock;
    mine.line.next('renew', lostRequest);
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    deny(mine, lock);
    await rig.clock.advance(6_000);
    assert.equal(lossOf(signal).reason, 'forced');
  });

  test('comes again and again: one question is under way, and then one more', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a', { ttl: HOUR, renew: false });
    mine.line.always({ request: 100, reply: 100 }, 'renew');
    for (let n = 0; n < 1_000; n += 1) deny(mine, lock);
    await rig.clock.advance(1_000);
    assert.equal(mine.line.of('renew').length, 2);
    assert.equal(lock.held, true);
  });

  test('overtakes what makes it true: the question that is asked once more finds it', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const lock = await mine.locker.acquire('a', { ttl: HOUR, renew: false });
    const { signal } = lock;
    mine.line.next('renew', { request: 0, reply: 100 });
    deny(mine, lock);
    await rig.clock.advance(50);
    rig.server.apply({ kind: 'forceRelease', key: 'a' });
    deny(mine, lock);
    await rig.clock.advance(100);
    assert.equal(lossOf(signal).reason, 'forced');
  });

  test('is of a lock that is being given back, was given back, or handed over: nothing is lost', async () => {
    await using rig = new Rig();
    const mine = await rig.party();
    const other = await rig.party();
    const released = await mine.locker.acquire('a');
    const done = released.release();
    deny(mine, released);
    await done;
    deny(mine, released);
    const handed = await mine.locker.acquire('b');
    deny(mine, handed);
    const adopted = await other.locker.adopt(handed.handOver());
    deny(mine, handed);
    await rig.clock.advance(0);
    assert.equal(adopted.held, true);
    await adopted.release();
  });
});

test('a forced release of one’s own lock ends belief with its answer, of no other grant', async () => {
  await using rig = new Rig();
  const mine = await rig.party();
  const lock = await mine.locker.acquire('a', { ttl: HOUR });
  const { signal } = lock;
  // While the answer is on its way, the lock is acquired anew.
  mine.line.next('forceRelease', { request: 0, reply: 100 });
  const forced = rig.watch(mine.locker.forceRelease('a'));
  await rig.clock.advance(50);
  const again = await mine.locker.acquire('a', { ttl: HOUR });
  await rig.clock.advance(50);
  assert.equal(forced.state, 'fulfilled');
  assert.equal(lossOf(signal).reason, 'forced');
  assert.equal(again.held, true);
});

test('a forced release of one’s own lock overtakes the answer of its grant: the lock is verified at once', async () => {
  await using rig = new Rig();
  const mine = await rig.party();
  mine.line.next('acquire', slow(0, 200));
  const acquiring = rig.watch(mine.locker.acquire('a', { ttl: HOUR, renew: false }));
  await rig.clock.advance(100);
  assert.equal(await mine.locker.forceRelease('a'), true);
  await rig.clock.advance(100);
  const lock = acquiring.value;
  assert.ok(lock);
  await rig.clock.advance(0);
  assert.equal(lossOf(lock.signal).reason, 'forced');
});

test('the end of a lock that was adopted is said to who acquired it, and of no other', async () => {
  await using rig = new Rig();
  const [mine, other] = [await rig.party(), await rig.party()];
  const own = await other.locker.acquire('b');
  await own.release();
  assert.equal(other.line.announced.length, 0);
  const lock = await mine.locker.acquire('a', { ttl: HOUR, renew: false });
  const { signal } = lock;
  const adopted = await other.locker.adopt(lock.toJSON());
  const { token, fencingToken } = adopted;
  await adopted.release();
  assert.deepEqual(
    other.line.announced.map((grant) => [grant.key, grant.token, grant.fencingToken]),
    [['a', token, fencingToken]],
  );
  await rig.clock.advance(0);
  assert.equal(lossOf(signal).reason, 'gone');
});

test('who listens from the start sees to it that it hears, as long as it renews', async () => {
  await using rig = new Rig();
  const idle = await rig.party();
  const listening = await rig.party(5_000, true);
  assert.equal(listening.line.listens, 1);
  const locks = [await idle.locker.acquire('a'), await listening.locker.acquire('b')];
  await rig.clock.advance(35_000);
  assert.ok(locks.every(({ held }) => held));
  assert.ok(listening.line.probes > 0);
  assert.deepEqual([idle.line.listens, idle.line.probes], [0, 0]);
});
