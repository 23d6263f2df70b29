/** Something of another type where the line of a lock stands: it is named, and left alone. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { acquire, Batches, kindsOf } from './batches.js';
import { oneServer } from './one-server.js';
import { enter, inRoom, SHARED } from './room-operations.js';

const server = oneServer();
const KEY = 'lock:a';
const QUEUE = 'holdfast:queue:lock:a';

const say = (...command: string[]): Promise<unknown> => server.witness.command(...command);

/** Somebody waits for another lock: else no line is looked at. */
async function somebodyWaits(batches: Batches): Promise<void> {
  await batches.send(acquire('lock:b', 'me/b'), acquire('lock:b', 'me/waits', { enqueue: true }));
}

suite('a string at the key of a line', () => {
  const foreign = { kind: 'foreign', type: 'string', key: QUEUE };

  test('is named to all who ask for the lock, in every mode, alone and with others', async () => {
    using batches = await Batches.open(server.redis.url);
    await somebodyWaits(batches);
    await say('SET', QUEUE, 'theirs');
    const all = [
      { key: 'lock:c', token: 'me/3' },
      { key: KEY, token: 'me/4' },
    ];
    const answers = await batches.send(
      acquire(KEY, 'me/1'),
      enter(KEY, 'me/2', SHARED),
      { kind: 'acquireAll', key: 'lock:c', members: all, ttl: 60_000 },
      acquire('lock:d', 'me/5'),
    );
    assert.deepEqual(answers.slice(0, 2), [foreign, foreign]);
    assert.deepEqual(answers[2], { kind: 'blocked', by: foreign, place: 1 });
    assert.deepEqual(kindsOf(answers.slice(3)), ['granted']);
    assert.equal(await say('GET', QUEUE), 'theirs');
  });

  test('is named to all who wait for the lock, or give it back', async () => {
    using batches = await Batches.open(server.redis.url);
    await somebodyWaits(batches);
    await batches.send(acquire(KEY, 'me/1'));
    await say('SET', QUEUE, 'theirs');
    const waiting = await batches.ask(acquire(KEY, 'me/2', { enqueue: true }));
    assert.deepEqual(waiting, foreign);
    const answers = await batches.send(
      batches.release(KEY, 'me/1'),
      { kind: 'cancel', key: KEY, token: 'me/2', ttl: 60_000 },
      { kind: 'advance', key: KEY },
    );
    for (const answer of answers.slice(0, 2)) {
      assert.match((answer as Error).message, new RegExp(`WRONGTYPE ${QUEUE} holds a string$`));
    }
    assert.deepEqual(kindsOf(answers.slice(2)), ['advanced']);
    assert.deepEqual(await batches.ask({ kind: 'forceRelease', key: KEY }), foreign);
    assert.deepEqual(kindsOf(await batches.send(batches.renew(KEY, 'me/1'))), ['renewed']);
    await say('DEL', QUEUE);
    assert.deepEqual(kindsOf(await batches.send(batches.release(KEY, 'me/1'))), ['released']);
  });

  test('is named to those who hold the lock together', async () => {
    using batches = await Batches.open(server.redis.url);
    await somebodyWaits(batches);
    await batches.send(enter(KEY, 'me/1', SHARED), enter(KEY, 'me/2', SHARED));
    await say('SET', QUEUE, 'theirs');
    assert.deepEqual(await batches.ask(enter(KEY, 'me/3', SHARED)), foreign);
    const renewal = inRoom(batches.renew(KEY, 'me/2'), SHARED);
    assert.deepEqual(kindsOf(await batches.send(renewal)), ['renewed']);
  });
});
