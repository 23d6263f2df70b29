import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AcquireOptions, LockLostError } from '@holdfast/core';
import { cutBefore, lostRequest, refused } from './fate.js';
import { listen } from './listen.js';
import { codeOf, lossOf } from './loss.js';
import { type Party, Rig } from './rig.js';

/** What the owner of a lock with a ttl of 30 s is told when it is lost; the event says the same. */
async function lost(
  happen: (rig: Rig, party: Party, token: string) => Promise<void>,
  options: AcquireOptions = {},
): Promise<LockLostError> {
  await using rig = new Rig();
  const party = await rig.party();
  const lock = await party.locker.acquire('a', options);
  const { signal } = lock;
  using channels = listen();
  await happen(rig, party, lock.token);
  const loss = lossOf(signal);
  const event = channels.told.find(([channel]) => channel === 'holdfast:loss');
  const { reason, holder, facts } = loss;
  const { token, fencingToken } = lock;
  const said = { lockName: 'a', token, fencingToken, reason, holder, facts };
  assert.deepEqual(event?.[1], said);
  return loss;
}

describe('a loss explains itself:', () => {
  test('a process that stood still', async () => {
    const loss = await lost(async ({ clock }) => {
      clock.stall(40_000);
      await clock.advance(0);
    });
    const facts = { lateBy: 10_302, sinceRenewal: 40_000, eventLoopDelay: 39_000 };
    assert.deepEqual(loss.facts, { ...facts, suspect: 'process' });
    assert.match(loss.message, /40000 ms before, and this process stood still .* 39000 ms late/);
  });

  test('a process that stood still, and came back just before the deadline', async () => {
    const loss = await lost(async ({ clock }, { line }) => {
      line.always(lostRequest);
      await clock.advance(5_500);
      clock.stall(24_000);
      await clock.advance(2_000);
    });
    assert.equal(loss.facts?.lateBy, 0);
    assert.equal(loss.facts.suspect, 'process');
  });

  test('a machine that slept', async () => {
    const loss = await lost(async ({ clock }) => {
      clock.suspend(60_000);
      await clock.advance(1_000);
    });
    assert.equal(loss.facts?.suspect, 'process');
    assert.ok((loss.facts.lateBy ?? 0) > 30_000, String(loss.facts.lateBy));
  });

  test('a server that was silent, with what was heard of it', async () => {
    const loss = await lost(async ({ clock }, { line }) => {
      await clock.advance(12_000);
      line.always(cutBefore);
      await clock.advance(30_000);
    });
    const { lateBy, sinceRenewal, eventLoopDelay, suspect } = loss.facts ?? {};
    assert.deepEqual([lateBy, eventLoopDelay, suspect], [0, 0, 'server']);
    assert.equal(Math.round(sinceRenewal ?? 0), 29_698);
    assert.match(loss.message, /29698 ms before; this process ran, and the server confirmed noth/);
    assert.equal(codeOf(loss.cause), 'REDIS_UNREACHABLE');
  });

  test('a machine that slept, and woke before the deadline', async () => {
    const loss = await lost(async ({ clock }, { line }) => {
      line.always(lostRequest);
      clock.suspend(20_000);
      await clock.advance(12_000);
    });
    assert.equal(loss.facts?.suspect, 'process');
    assert.equal(loss.facts.eventLoopDelay, 20_000);
  });

  test('a server that was silent, also where the process was busy at times', async () => {
    const loss = await lost(async ({ clock }, { line }) => {
      line.always(lostRequest);
      for (let n = 0; n < 10; n += 1) {
        await clock.advance(2_000);
        clock.stall(1_500);
      }
    });
    assert.equal(loss.facts?.suspect, 'server');
    assert.ok(loss.facts.eventLoopDelay > 400, String(loss.facts.eventLoopDelay));
  });

  test('a server that refused', async () => {
    const loss = await lost(async ({ clock }, { line }) => {
      line.always(refused, 'renew');
      await clock.advance(30_000);
    });
    assert.equal(loss.facts?.suspect, 'server');
    assert.equal(codeOf(loss.cause), 'REDIS_REFUSED');
  });

  test('a lease that was not to be renewed', async () => {
    const loss = await lost(({ clock }) => clock.advance(30_000), { renew: false });
    assert.equal(loss.facts?.suspect, undefined);
    assert.match(loss.message, /began 29698 ms before, and was not to be renewed/);
    assert.ok(!('cause' in loss));
  });

  test('a lock that was taken, and by whom', async () => {
    const loss = await lost(async ({ clock, server }, _, token) => {
      await clock.advance(15_000);
      server.strangerReleases('a', token);
      server.strangerTakes('a', 60_000, 'stranger/1/billing@web-3');
      await clock.advance(5_000);
    });
    assert.equal(loss.reason, 'taken');
    assert.ok(loss.holder?.kind === 'locker');
    const { owner, self } = loss.holder;
    assert.deepEqual([owner, self], ['billing@web-3', false]);
    assert.match(loss.message, /says that it is held by billing@web-3 \(fencing token \d+\)\.$/);
    // So long it may have been somebody else's at the most.
    assert.equal(loss.facts?.sinceRenewal, 10_000);
  });

  test('a lock that is nobody’s', async () => {
    const loss = await lost(async ({ clock, server }, _, token) => {
      server.strangerReleases('a', token);
      await clock.advance(10_000);
    });
    assert.deepEqual([loss.reason, loss.holder], ['gone', undefined]);
  });

  test('a locker that was closed', async () => {
    const loss = await lost(({ clock }, { locker }) => clock.until(locker.close()));
    assert.deepEqual([loss.reason, loss.facts], ['closed', undefined]);
  });
});

test('a renewal that is answered too late blames the server, however busy it keeps the agenda', async () => {
  const loss = await lost(async ({ clock }, { line }) => {
    line.always({ request: 12_000, reply: 12_000 }, 'renew');
    await clock.advance(31_000);
  });
  assert.equal(loss.facts?.suspect, 'server');
});

test('who shares a lock is told who took it, too', async () => {
  await using rig = new Rig();
  const { locker } = await rig.party();
  const lock = await locker.acquire('a', { ttl: 900 });
  const adopted = await locker.adopt(lock.toJSON(), { renew: false });
  rig.server.strangerReleases('a', lock.token);
  rig.server.strangerTakes('a', 60_000);
  await rig.clock.advance(300);
  for (const { signal } of [lock, adopted]) {
    const { reason, holder } = lossOf(signal);
    assert.equal(reason, 'taken');
    assert.ok(holder?.kind === 'locker' && holder.token === 'stranger/1');
  }
});
