import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLocker } from '@holdfast/core';
import { until } from '../contract/patience.js';
import { oneServer } from '../redis/one-server.js';

const server = oneServer();

interface Ended {
  readonly code: unknown;
  readonly said: string;
}

function run(way: 'signal' | 'recipe'): Promise<Ended> {
  const script = fileURLToPath(new URL('./sole-instance.js', import.meta.url));
  const limits = { timeout: 15_000, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [script, way, server.redis.url], limits, (error, stdout) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), said: stdout.trim() });
    });
  });
}

test('a process that only waits for the signal of its lock ends at once, with code 13', async () => {
  assert.deepEqual(await run('signal'), { code: 13, said: '' });
});

test('with the recipe it lives until the lock is lost', async () => {
  await using locker = await createLocker({ url: server.redis.url });
  const ended = run('recipe');
  const isHeld = async (): Promise<boolean> =>
    (await server.witness.command('EXISTS', 'lock:sole')) === 1;
  await until(isHeld, 'the process holds the lock');
  assert.equal(await locker.forceRelease('sole'), true);
  assert.deepEqual(await ended, { code: 0, said: 'lost' });
});
