import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { startWorker } from '@holdfast/support';
import type { Commands, Told } from './redis-holder.js';
import { PlainConnection } from './socket.js';

const holder = new URL('./redis-holder.js', import.meta.url);

test('a server dies with the process that started it when that is killed', async () => {
  await using worker = await startWorker<Commands, Told>(holder);
  const { port, directory } = await worker.request('startRedis', { pause: false });
  using connection = await PlainConnection.open({ port });
  worker.kill('SIGKILL');
  await worker.exited;
  await connection.closed();
  await gone(directory);
});

test('a paused server dies with the process that started it, too', async () => {
  await using worker = await startWorker<Commands, Told>(holder);
  const { port, directory } = await worker.request('startRedis', { pause: true });
  using connection = await PlainConnection.open({ port });
  worker.kill('SIGKILL');
  await connection.closed();
  await gone(directory);
});

/** The folder goes last, and nothing tells; the test's timeout ends the wait. */
async function gone(directory: string): Promise<void> {
  while (existsSync(directory)) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(existsSync(directory), false);
}
