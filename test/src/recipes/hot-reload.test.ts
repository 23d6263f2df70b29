import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorker } from '@holdfast/support';
import { oneServer } from '../redis/one-server.js';
import type { Commands } from './reloader.js';

const server = oneServer();

const RELOADS = 12;
const FORGETFUL = new URL('./forgetful-locker.js', import.meta.url).href;
const SHARED = new URL('../../../examples/dist/recipes/shared-locker.js', import.meta.url).href;

async function reload(module: string): Promise<{ connections: number; warnings: string[] }> {
  const connections = async (): Promise<number> =>
    String(await server.witness.command('CLIENT', 'LIST'))
      .trim()
      .split('\n').length;
  // Those of a process that was killed may be there for a moment longer.
  await server.witness.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  const before = await connections();
  await using worker = await startWorker<Commands>(new URL('./reloader.js', import.meta.url));
  const warnings = await worker.request('reload', module, RELOADS, server.redis.url);
  return { connections: (await connections()) - before, warnings };
}

test('a locker of the module is left behind by each reload, and from the eleventh on it is told', async () => {
  const { connections, warnings } = await reload(FORGETFUL);
  assert.ok(connections >= RELOADS, String(connections));
  assert.deepEqual(warnings, ['HOLDFAST_MANY_LOCKERS']);
});

test('a locker of the process is found again after each reload', async () => {
  const { connections, warnings } = await reload(SHARED);
  // One, and at most two tries beside it where the server is slow to accept.
  assert.ok(connections <= 3, String(connections));
  assert.deepEqual(warnings, []);
});
