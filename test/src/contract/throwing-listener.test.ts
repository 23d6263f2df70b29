import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Everything that a lock goes through, with a listener that fails at each of its steps. */
const PROGRAM = `
import { createLocker, memoryStore, onEvent } from ${JSON.stringify(import.meta.resolve('@holdfast/core'))};
const told = [];
const uncaught = [];
process.on('uncaughtException', ({ message }) => uncaught.push(message));
process.on('unhandledRejection', () => uncaught.push('a rejection'));
onEvent(({ channel }) => {
  told.push(channel);
  throw new Error(channel);
});
const locker = await createLocker({ store: memoryStore() });
const lock = await locker.acquire('a');
const code = await locker.acquire('a', { waitTimeout: 5 }).catch((error) => error.code);
const waited = locker.acquire('a');
await lock.renew();
await lock.release();
const next = await waited;
await locker.forceRelease('a');
const reason = await next.release().catch((error) => error.reason);
await locker.close();
setImmediate(() => console.log(JSON.stringify({ code, reason, told, uncaught })));
`;

test('a listener that throws is reported by Node, and nothing else comes of it', async () => {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  assert.equal(stderr, '');
  const { code, reason, told, uncaught } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([code, reason], ['ACQUIRE_TIMEOUT', 'forced']);
  const expected = 'acquire wait-begin wait-end busy wait-begin renewal release hand-off wait-end ';
  const channels = `${expected}acquire forced-release loss`.split(' ');
  assert.deepEqual(
    (told as string[]).toSorted(),
    channels.map((channel) => `holdfast:${channel}`).toSorted(),
  );
  assert.deepEqual(uncaught, told);
});
