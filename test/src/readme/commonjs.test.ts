import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startRedis } from '@holdfast/support';

const PAGE = new URL('../../../docs/getting-started.md', import.meta.url);
const PARENT = fileURLToPath(new URL('..', import.meta.url));

test('the CommonJS program of the documents runs as it is', async () => {
  await using redis = await startRedis();
  const page = await readFile(PAGE, 'utf8');
  const [, program = ''] = /^```js\n(\/\/ main\.cjs.*?)^```$/ms.exec(page) ?? [];
  // Below the tests, where the packages are found.
  const folder = await mkdtemp(join(PARENT, 'commonjs-'));
  try {
    const script = join(folder, 'main.cjs');
    await writeFile(script, program.replaceAll('redis://localhost:6379', redis.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    assert.equal(stdout, 'charged\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
