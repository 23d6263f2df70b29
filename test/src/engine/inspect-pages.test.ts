/** What is shown of a lock of which some leave while its pages are turned. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered } from './fate.js';
import { Rig } from './rig.js';

/** On three pages; those of the first one leave before the second one is shown. */
const ALL = 600;
const LEAVING = 256;

test('all are shown who wait all the while, also if those before them leave', async () => {
  await using rig = new Rig();
  const mine = await rig.party();
  const other = await rig.party();
  rig.server.strangerTakes('a', 60_000);
  const calls = Array.from({ length: ALL }, () => {
    const controller = new AbortController();
    const { signal } = controller;
    return { controller, over: mine.locker.acquire('a', { signal }).catch(() => {}) };
  });
  await rig.clock.advance(0);
  const tokens = mine.line.of('acquire').map(({ token }) => token);
  other.line.next('look', delivered, { request: 100, reply: 0 });
  const seen = rig.watch(other.locker.inspect('a', { waiting: Infinity }));
  await rig.clock.advance(50);
  for (const { controller } of calls.slice(0, LEAVING)) controller.abort();
  await rig.clock.advance(100);
  assert.equal(seen.value?.waitingCount, ALL);
  assert.deepEqual(new Set(seen.value?.waiting.map(({ token }) => token)), new Set(tokens));
  for (const { controller } of calls) controller.abort();
  await rig.clock.until(Promise.all(calls.map(({ over }) => over)));
});

test('all are shown who hold a lock all the while, also if others give it back', async () => {
  await using rig = new Rig();
  const mine = await rig.party();
  const other = await rig.party();
  const acquiring = Array.from({ length: ALL }, (_, n) => {
    return mine.locker.acquire('a', { mode: 'shared', renew: false, ttl: 60_000 + n });
  });
  await rig.clock.advance(0);
  const locks = await Promise.all(acquiring);
  other.line.next('look', delivered, { request: 100, reply: 0 });
  const seen = rig.watch(other.locker.inspect('a', { holders: Infinity }));
  await rig.clock.advance(50);
  await rig.clock.until(Promise.all(locks.slice(0, LEAVING).map((lock) => lock.release())));
  await rig.clock.advance(100);
  assert.equal(seen.value?.holderCount, ALL);
  const shown = seen.value?.holders.map((holder) => 'token' in holder && holder.token);
  assert.deepEqual(new Set(shown), new Set(locks.map(({ token }) => token)));
});
