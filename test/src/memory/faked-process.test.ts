import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('./faked-process.js', import.meta.url));

for (const clock of ['system', 'manual']) {
  test(`the store and its ${clock} clock need nothing that a test can fake`, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, clock]);
    assert.equal(stdout, 'done\n');
  });
}
