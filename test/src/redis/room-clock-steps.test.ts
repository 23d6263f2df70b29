/** The clock of the server steps: what stands there for a room looks earlier or later then. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../contract/patience.js';
import { type Answer, Batches, handedTo, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';
import { enter, inRoom, limited, SHARED } from './room-operations.js';

const server = oneServer();
const KEY = 'lock:a';
const HOLDERS = 'holdfast:room:lock:a';
const LEASES = 'holdfast:leases:lock:a';
const QUEUE = 'holdfast:queue:lock:a';

const say = (...command: string[]): Promise<unknown> => server.witness.command(...command);

suite('a room', () => {
  test('loses those whose lease is over when the clock of the server steps ahead, and no others', async () => {
    using batches = await Batches.open(server.redis.url);
    const two = limited(2);
    const [, , waiting] = await batches.send(
      enter(KEY, 'me/1', two, { ttl: 20_000 }),
      enter(KEY, 'me/2', two, { ttl: 90_000 }),
      enter(KEY, 'me/3', two, { enqueue: true }),
    );
    assert.ok(waiting && 'ticket' in waiting);
    // As all would look 40 s later. The line lives for 30.
    for (const token of ['me/1', 'me/2']) await say('ZINCRBY', LEASES, '-40000', token);
    for (const key of [KEY, HOLDERS, LEASES]) await say('PEXPIRE', key, '50000');
    await say('DEL', QUEUE);
    const { ticket } = waiting;
    const [late, other, asked, next] = await batches.send(
      inRoom(batches.renew(KEY, 'me/1'), two),
      inRoom(batches.renew(KEY, 'me/2'), two),
      { ...enter(KEY, 'me/3', two, { enqueue: true }), ticket } as never,
      enter(KEY, 'me/4', two),
    );
    const answers = [late, other, asked, next].map((answer) => answer as Answer);
    assert.deepEqual(kindsOf(answers), ['lost', 'renewed', 'granted', 'busy']);
    assert.equal(await say('HGET', HOLDERS, 'used'), '2');
    const ends = Number(await say('PTTL', KEY));
    assert.ok(ends > 50_000 && ends <= 60_000, String(ends));
  });

  test('gives rising numbers after the clock of the server stepped ahead and back', async () => {
    using batches = await Batches.open(server.redis.url);
    const two = limited(2);
    await batches.send(enter(KEY, 'me/1', two), enter(KEY, 'me/2', two));
    await batches.send(enter(KEY, 'me/3', two, { enqueue: true }));
    // The number that was drawn meanwhile, and the moment that was written, an hour ahead.
    const [drawn, moment] = String(await say('GET', 'holdfast:clock'))
      .split(' ')
      .map(Number);
    const ahead = (drawn as number) + 3_600_000_000;
    await say('SET', 'holdfast:clock', `${ahead} ${(moment as number) + 3_600_000}`);
    const released = await batches.ask(inRoom(batches.release(KEY, 'me/1'), two));
    assert.equal(handedTo(released), 'me/3');
    assert.ok('next' in released && (released.next?.fencingToken ?? 0) > ahead);
    const [last] = await batches.send(enter('lock:b', 'me/4', SHARED));
    assert.ok(last && 'fencingToken' in last && last.fencingToken > ahead);
    await until(async () => batches.grants.length === 1, 'the grant arrives');
    await batches.send(
      inRoom(batches.release(KEY, 'me/3'), two),
      inRoom(batches.release(KEY, 'me/2'), two),
      inRoom(batches.release('lock:b', 'me/4'), SHARED),
    );
    assert.deepEqual(await say('KEYS', '*'), ['holdfast:clock']);
  });

  test('goes on when the clock of the server steps back', async () => {
    using batches = await Batches.open(server.redis.url);
    const [first] = await batches.send(
      enter(KEY, 'me/1', limited(2)),
      enter(KEY, 'me/2', limited(2)),
    );
    // As all would look an hour earlier.
    for (const token of ['me/1', 'me/2']) await say('ZINCRBY', LEASES, '3600000', token);
    for (const key of [KEY, HOLDERS, LEASES]) await say('PEXPIRE', key, '3660000');
    const answers = await batches.send(
      inRoom(batches.renew(KEY, 'me/1'), limited(2)),
      inRoom(batches.release(KEY, 'me/2'), limited(2)),
      enter(KEY, 'me/3', limited(2)),
      enter(KEY, 'me/4', limited(2)),
    );
    assert.deepEqual(kindsOf(answers), ['renewed', 'released', 'granted', 'busy']);
    const third = answers[2];
    assert.ok(first && third && 'fencingToken' in first && 'fencingToken' in third);
    assert.ok(third.fencingToken > first.fencingToken);
    await batches.send(
      inRoom(batches.release(KEY, 'me/1'), limited(2)),
      inRoom(batches.release(KEY, 'me/3'), limited(2)),
    );
    assert.deepEqual(await say('KEYS', '*'), ['holdfast:clock']);
  });
});
