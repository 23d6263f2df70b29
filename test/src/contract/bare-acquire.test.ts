import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** From there on an async context needs no promise hooks. */
const WITHOUT_HOOKS = 24;

test('who only acquires does not pay for the async context of callbacks', async () => {
  // The test runner itself follows the promises of its process.
  const script = fileURLToPath(new URL('./bare-acquire-process.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 60_000 });
  const { before, after } = JSON.parse(stdout) as Record<'before' | 'after', boolean>;
  assert.equal(before, false);
  if (Number.parseInt(process.versions.node, 10) < WITHOUT_HOOKS) assert.equal(after, true);
});
