/** Others delete a part of what stands for a room, while somebody is inside. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { acquire, Batches, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';
import { enter, inRoom, limited, SHARED } from './room-operations.js';

const server = oneServer();
const KEY = 'lock:a';
const HOLDERS = 'holdfast:room:lock:a';
const LEASES = 'holdfast:leases:lock:a';

const say = (...command: string[]): Promise<unknown> => server.witness.command(...command);

const TEARS: readonly (readonly string[])[] = [
  ['DEL', HOLDERS],
  ['DEL', LEASES],
  ['DEL', HOLDERS, LEASES],
  // One of two members.
  ['HDEL', HOLDERS, 'me/long'],
  ['ZREM', LEASES, 'me/long'],
];

for (const tear of TEARS) {
  suite(`after ${tear.join(' ')}, a room`, () => {
    test('is lost for all who are inside, and taken for all others as long as the longest lease', async () => {
      using batches = await Batches.open(server.redis.url);
      await batches.send(
        enter(KEY, 'me/long', SHARED, { ttl: 90_000 }),
        enter(KEY, 'me/short', limited(3), { ttl: 20_000 }),
      );
      await say(...tear);
      const askers = [
        acquire(KEY, 'me/1'),
        enter(KEY, 'me/2', SHARED),
        enter(KEY, 'me/3', limited(9), { enqueue: true }),
      ];
      const busy = await batches.send(...askers);
      assert.deepEqual(kindsOf(busy), ['busy', 'busy', 'waiting']);
      for (const answer of busy) {
        assert.ok('holderTtl' in answer && answer.holderTtl > 60_000, JSON.stringify(answer));
        assert.deepEqual(answer.holder, { kind: 'room' });
      }
      const all = [
        { key: 'lock:b', token: 'me/4' },
        { key: KEY, token: 'me/5' },
      ];
      const blocked = await batches.ask({
        kind: 'acquireAll',
        key: 'lock:b',
        members: all,
        ttl: 60_000,
      });
      assert.ok('place' in blocked && blocked.place === 1);
      // Nobody who was inside makes it shorter.
      const members = await batches.send(
        inRoom(batches.renew(KEY, 'me/short', 20_000), limited(3)),
        inRoom(batches.renew(KEY, 'me/long'), SHARED),
        inRoom(batches.release(KEY, 'me/short'), limited(3)),
        inRoom(batches.release(KEY, 'me/long'), SHARED),
        { ...inRoom(acquire(KEY, 'me/short'), limited(3)), kind: 'cancel' } as never,
      );
      // Nobody else has it.
      const lost = { kind: 'lost', holder: undefined };
      assert.deepEqual(members, [lost, lost, lost, lost, { kind: 'cancelled', more: false }]);
      assert.ok(Number(await say('PTTL', KEY)) > 60_000);
      // As when that time is over.
      await say('DEL', KEY);
      const answers = await batches.send(...askers.slice(1));
      assert.deepEqual(kindsOf(answers), ['granted', 'granted']);
      await batches.send(
        inRoom(batches.release(KEY, 'me/2'), SHARED),
        inRoom(batches.release(KEY, 'me/3'), limited(9)),
      );
      assert.deepEqual(await say('KEYS', '*'), ['holdfast:clock']);
    });

    test('can be taken from its members by force', async () => {
      using batches = await Batches.open(server.redis.url);
      await batches.send(enter(KEY, 'me/long', SHARED), enter(KEY, 'me/short', SHARED));
      await say(...tear);
      const forced = await batches.ask({ kind: 'forceRelease', key: KEY });
      assert.deepEqual(kindsOf([forced]), ['released']);
      assert.deepEqual(kindsOf(await batches.send(acquire(KEY, 'me/1'))), ['granted']);
    });
  });
}

test('a member that others delete from both keys of a room leaves its place taken', async () => {
  using batches = await Batches.open(server.redis.url);
  await batches.send(enter(KEY, 'me/1', limited(1)));
  await say('HDEL', HOLDERS, 'me/1');
  await say('ZREM', LEASES, 'me/1');
  const answers = await batches.send(acquire(KEY, 'me/2'), enter(KEY, 'me/3', limited(1)));
  assert.deepEqual(kindsOf(answers), ['busy', 'busy']);
  const renewal = inRoom(batches.renew(KEY, 'me/1'), limited(1));
  assert.deepEqual(kindsOf(await batches.send(renewal)), ['lost']);
  const pttl = Number(await say('PTTL', KEY));
  assert.ok(pttl > 0 && pttl <= 60_000);
});

for (const room of [SHARED, limited(3)]) {
  const how = room.limit === Infinity ? 'shared' : 'limited';
  test(`who was deleted from both keys of a ${how} room is in nobody's way when the last one leaves`, async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(enter(KEY, 'me/1', room), enter(KEY, 'me/2', room));
    await say('HDEL', HOLDERS, 'me/2');
    await say('ZREM', LEASES, 'me/2');
    // So far ahead that each number is the next one.
    await say('SET', 'holdfast:clock', `${Date.now() + 3_600_000}000`);
    const left = await batches.send(
      inRoom(batches.release(KEY, 'me/1'), room),
      acquire('lock:b', 'me/3'),
    );
    assert.deepEqual(kindsOf(left), ['released', 'granted']);
    const next = await batches.send(enter(KEY, 'me/4', limited(1)), acquire('lock:c', 'me/5'));
    assert.deepEqual(kindsOf(next), ['granted', 'granted']);
    const numbers = [left[1], ...next].map((answer) =>
      answer !== undefined && 'fencingToken' in answer ? answer.fencingToken : 0,
    );
    assert.equal(new Set(numbers).size, numbers.length);
  });
}
