import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('./faked-process.js', import.meta.url));

/** The timers of node:test stand for those of Node's own module, too: only a clock of ours is left. */
const CASES = [
  { clock: 'system', faker: 'sinon' },
  { clock: 'manual', faker: 'sinon' },
  { clock: 'manual', faker: 'node:test' },
] as const;

for (const { clock, faker } of CASES) {
  test(`the store and its ${clock} clock need nothing that ${faker} can fake`, async () => {
    const args = [SCRIPT, clock, faker];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.equal(stdout, 'done\n');
  });
}
