import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startProxy, startWorker } from '@holdfast/support';
import { oneServer } from '../one-server.js';
import type { Commands } from './blocked-worker.js';

const server = oneServer();
const PROGRAM = new URL('./blocked-worker.js', import.meta.url);

suite('a program whose event loop is blocked', () => {
  test('again and again is answered, however short its patience', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    await using program = await startWorker<Commands>(PROGRAM);
    await program.request('open', proxy.url, 500);
    // No answer is there yet when the loop looks right after it has sent something.
    proxy.delay(5);
    const kinds = await program.request('operateBlocked', 200, 250);
    assert.deepEqual(kinds, ['renewed', 'granted', 'renewed', 'granted', 'renewed', 'granted']);
  });

  test('again and again opens connections', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    await using program = await startWorker<Commands>(PROGRAM);
    proxy.delay(5);
    await program.request('open', proxy.url, 500, 300);
    assert.equal(await program.request('listenBlocked', 200), 'listening');
  });

  test('once has time left for an answer that takes a while', async () => {
    await using proxy = await startProxy({ port: server.redis.port });
    await using program = await startWorker<Commands>(PROGRAM);
    await program.request('open', proxy.url, 1_500);
    proxy.delay(40);
    assert.equal(await program.request('operateBefore', 2_000, 1_500), 'renewed');
  });
});

test('a server that is silent is given up also by a program whose event loop is blocked', async () => {
  await using proxy = await startProxy({ port: server.redis.port });
  await using program = await startWorker<Commands>(PROGRAM);
  await program.request('open', proxy.url, 500);
  proxy.hang();
  const [first, , next] = await program.request('operateBlocked', 200, 250);
  assert.equal(first, 'unanswered');
  // The next connection does not come about.
  assert.equal(next, 'not sent');
});
