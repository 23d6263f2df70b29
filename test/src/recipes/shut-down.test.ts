import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Ending, startWorker } from '@holdfast/support';
import { until } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';
import type { Commands, Way } from './order-service.js';

const server = oneServer();

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

interface Outcome {
  readonly status: number;
  readonly said: string;
  readonly ending: Ending;
  readonly keys: unknown;
}

/** What becomes of a request that is under way when the service is asked to end. */
async function endUnder(way: Way): Promise<Outcome> {
  const service = new URL('./order-service.js', import.meta.url);
  await using worker = await startWorker<Commands>(service, [way, server.redis.url]);
  const port = await worker.request('port');
  const request = fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
  const isHeld = async (): Promise<boolean> =>
    (await server.witness.command('EXISTS', 'lock:order:42')) === 1;
  await until(isHeld, 'the request holds its lock');
  worker.kill('SIGTERM');
  await until(async () => !(await accepts(port)), 'no new requests are taken');
  if (way === 'recipe') await worker.request('finish');
  const response = await request;
  const said = await response.text();
  const ending = await worker.exited;
  return {
    status: response.status,
    said,
    ending,
    keys: await server.witness.command('KEYS', 'lock:*'),
  };
}

const WELL = { code: 0, signal: null };

test('at a SIGTERM a request that is under way is finished, and its lock given back', async () => {
  const outcome = await endUnder('recipe');
  assert.deepEqual(outcome, { status: 200, said: 'charged', ending: WELL, keys: [] });
});

test('a locker that is closed at once takes the lock from under the request', async () => {
  const outcome = await endUnder('hasty');
  assert.deepEqual(outcome, { status: 500, said: 'LockLostError', ending: WELL, keys: [] });
});
