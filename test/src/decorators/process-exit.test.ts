import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '@holdfast/support';
import { createClient } from 'redis';

/** How long the lock is to be kept, in ms; far longer than the process may take. */
const LEAST = 60_000;

test('a kept lock does not keep the process alive, and outlives it', async () => {
  await using redis = await startRedis();
  const script = fileURLToPath(new URL('./brief-process.js', import.meta.url));
  const args = [script, redis.url, String(LEAST)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LEAST / 4 });
  assert.equal(stdout, 'done\n');
  const witness = createClient({ url: redis.url });
  await witness.connect();
  try {
    const left = await witness.pTTL('lock:job:daily');
    assert.ok(left > LEAST / 2 && left <= LEAST * 1.1, `${left} ms`);
  } finally {
    witness.destroy();
  }
});
