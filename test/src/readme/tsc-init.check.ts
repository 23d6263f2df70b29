/** What docs/getting-started.md says about `tsc --init`. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const PARENT = fileURLToPath(new URL('..', import.meta.url));
const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

const PROGRAM = `
import { createLocker, memoryStore } from '@holdfast/core';
import { Locked } from '@holdfast/decorators';

await using locker = await createLocker({ store: memoryStore() });

class Jobs {
  @Locked('job', { locker })
  async run(): Promise<void> {
    console.log('done');
  }
}

await new Jobs().run();
`;

test('what tsc --init writes compiles and does not run; with another target it runs', async () => {
  // Below the tests, where the packages are found.
  const folder = await mkdtemp(join(PARENT, 'tsc-init-'));
  const tsc = (...args: string[]) => execute(process.execPath, [TSC, ...args], { cwd: folder });
  const run = () => execute(process.execPath, ['main.js'], { cwd: folder });
  try {
    await writeFile(join(folder, 'main.ts'), PROGRAM);
    await tsc('--init');
    const tsconfig = join(folder, 'tsconfig.json');
    const lines = await readFile(tsconfig, 'utf8');
    assert.match(lines, /"target": "esnext"/);
    await tsc('-p', '.');
    await assert.rejects(run(), /SyntaxError/);

    await writeFile(tsconfig, lines.replace('"target": "esnext"', '"target": "es2022"'));
    await tsc('-p', '.');
    assert.equal((await run()).stdout, 'done\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
