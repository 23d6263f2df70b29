/** Lockers of the former version beside those of today, at one server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, until } from '../contract/patience.js';
import { acquire, Batches, kindsOf } from './batches.js';
import { FORMER, FormerLocker } from './former-locker.js';
import { oneServer } from './one-server.js';
import { Subscriber } from './subscriber.js';

const server = oneServer();
const KEY = 'lock:a';
/** What a locker of the former version takes for a grant. */
const MESSAGE = /^([1-9]\d{0,15}) (\S+) (.+)$/s;

test('the former hold what today’s wait for, and hand it to them', async () => {
  using today = await Batches.open(server.redis.url);
  await using former = await FormerLocker.open(server.redis.url);
  const fencingToken = Number(await former.acquire(KEY, 'former/1'));
  const [waits] = await today.send(
    acquire(KEY, 'me/1', { enqueue: true }),
    acquire(KEY, 'me/2', { enqueue: true }),
  );
  assert.ok(waits !== undefined && 'ticket' in waits && waits.ticket > fencingToken);
  assert.ok(Number(await former.renew(KEY, 'former/1')) > 0);
  assert.equal(await former.release(KEY, 'former/1', fencingToken), FORMER.handedOff);
  await until(() => today.grants.length === 1, 'the first is told');
  assert.deepEqual(kindsOf(await today.send(today.renew(KEY, 'me/1'))), ['renewed']);
  assert.equal(await former.release(KEY, 'former/1', fencingToken), FORMER.lost);
  await today.ask(today.release(KEY, 'me/1'));
  await until(() => today.grants.length === 2, 'the second is told');
});

test('today’s hold what the former wait for, and hand it to them in the order of the line', async () => {
  using today = await Batches.open(server.redis.url);
  await using former = await FormerLocker.open(server.redis.url);
  await using wakes = await Subscriber.open(server.redis.url, 'holdfast:wake:former');
  await today.ask(acquire(KEY, 'me/1'));
  const [kind, , ticket] = (await former.acquire(KEY, 'former/1')) as number[];
  assert.equal(kind, FORMER.waiting);
  await today.ask(acquire(KEY, 'me/2', { enqueue: true }));
  // It asks again, and keeps its place.
  const again = (await former.acquire(KEY, 'former/1', String(ticket))) as number[];
  assert.deepEqual([again[2], again[3]], [ticket, 0]);
  assert.deepEqual(kindsOf(await today.send(today.renew(KEY, 'me/1'))), ['renewed']);
  await today.ask(today.release(KEY, 'me/1'));
  await eventually(wakes.any(), 'the former is told');
  const [, fence, token, key] = MESSAGE.exec(wakes.messages[0] as string) ?? [];
  assert.deepEqual([token, key], ['former/1', KEY]);
  assert.deepEqual(kindsOf(await today.send(acquire(KEY, 'me/3'))), ['busy']);
  assert.equal(await former.release(KEY, 'former/1', Number(fence)), FORMER.handedOff);
  await until(() => today.grants.length === 1, 'the next is told');
});

test('each takes back what it asked for, and passes over the other’s dead', async () => {
  using today = await Batches.open(server.redis.url);
  await using former = await FormerLocker.open(server.redis.url);
  const fencingToken = Number(await former.acquire(KEY, 'former/1'));
  // Nobody listens for it: the former script puts it into the line all the same.
  await former.acquire(KEY, 'former/2');
  await former.acquire(KEY, 'former/3');
  await today.ask(acquire(KEY, 'me/1', { enqueue: true }));
  assert.equal(await former.cancel(KEY, 'former/2'), FORMER.cancelled);
  assert.deepEqual(await server.witness.command('ZCARD', `holdfast:queue:${KEY}`), 2);
  const terms = { key: KEY, token: 'former/1', ttl: 60_000 };
  assert.deepEqual(await today.ask({ kind: 'cancel', ...terms }), {
    kind: 'cancelled',
    more: false,
  });
  await until(() => today.grants.length === 1, 'the living one is told');
  assert.equal(await former.release(KEY, 'former/1', fencingToken), FORMER.lost);
});
