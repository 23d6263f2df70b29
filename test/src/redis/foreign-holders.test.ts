/** Behind a client of another kind, which tells nobody when it is done. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLocker } from '@holdfast/core';
import { FALLBACK_INTERVAL } from '../../../packages/core/dist/store/protocol.js';
import { until } from '../contract/patience.js';
import { acquire, type Answer, Batches } from './batches.js';
import { oneServer } from './one-server.js';

const KEY = 'lock:order:42';
const QUEUE = `holdfast:queue:${KEY}`;

const server = oneServer();

/** Whether each is told that it has to ask often. */
function asksOf(answers: readonly Answer[]): (boolean | string)[] {
  return answers.map((answer) => {
    if (answer instanceof Error) return answer.message;
    return answer.kind === 'waiting' ? answer.mustAsk === true : answer.kind;
  });
}

const queued = (token: string) => acquire(KEY, token, { enqueue: true });

suite('the first in line has to ask often, and nobody else,', () => {
  test('behind a holder of another kind', async () => {
    using batches = await Batches.open(server.redis.url);
    for (const value of ['somebody', '', 'me/1', 'me/1 17 more', 'me/1 99999999999999999']) {
      await server.witness.command('DEL', QUEUE);
      await server.witness.command('SET', KEY, value);
      const [one, two, again] = [queued('me/1'), queued('me/2'), queued('me/1')];
      assert.deepEqual(asksOf(await batches.send(one, two, again)), [true, false, true], value);
    }
  });

  test('not behind a holder like us, or a room', async () => {
    using batches = await Batches.open(server.redis.url);
    await batches.send(acquire(KEY, 'me/1'));
    assert.deepEqual(asksOf(await batches.send(queued('me/2'))), [false]);
    await server.witness.command('DEL', KEY, QUEUE);
    await batches.send(acquire(KEY, 'me/3', { room: { limit: 1, weight: 1 } }));
    assert.deepEqual(asksOf(await batches.send(queued('me/4'))), [false]);
  });

  test('not counting those whose process is gone, as long as they are few', async () => {
    using batches = await Batches.open(server.redis.url);
    await server.witness.command('SET', KEY, 'somebody');
    const dead = Array.from({ length: 31 }, (_, n) => [String(n + 1), `gone/${n} 60000`]);
    await server.witness.command('ZADD', QUEUE, ...dead.flat());
    assert.deepEqual(asksOf(await batches.send(queued('me/1'), queued('me/2'))), [true, false]);
    // Nobody was dropped: they may come back.
    assert.equal(await server.witness.command('ZCARD', QUEUE), 33);
    await server.witness.command('ZADD', QUEUE, '0.1', 'gone/x 60000', '0.2', 'gone/y 60000');
    assert.deepEqual(asksOf(await batches.send(queued('me/1'), queued('me/2'))), [true, true]);
  });
});

test('a lock that another program gives back is taken long before the next poll', async () => {
  await using first = await createLocker({ url: server.redis.url });
  await using second = await createLocker({ url: server.redis.url });
  await server.witness.command('SET', KEY, 'somebody', 'PX', '600000');
  const waited = first.acquire('order:42');
  await server.witness.queued(KEY, 1);
  const next = second.acquire('order:42');
  await server.witness.queued(KEY, 2);
  const before = await server.witness.calls('evalsha');
  const asked = async (): Promise<boolean> => (await server.witness.calls('evalsha')) > before + 20;
  await until(asked, 'it asks often');
  const since = performance.now();
  await server.witness.command('DEL', KEY);
  const lock = await waited;
  assert.ok(performance.now() - since < FALLBACK_INTERVAL / 2);
  // From one of ours to the other it goes by a message: nobody asks.
  const handing = await server.witness.calls('evalsha');
  await lock.release();
  await using handed = await next;
  assert.ok(handed.held);
  assert.equal((await server.witness.calls('evalsha')) - handing, 1);
});
