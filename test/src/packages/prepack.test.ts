/** Only pnpm turns the versions of the workspace into such that can be installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeTempFolder } from '@holdfast/support';

const ROOT = new URL('../../../', import.meta.url);
const GUARD = fileURLToPath(new URL('scripts/prepack.mjs', ROOT));

function guard(
  agent: string,
  folder: string,
): { readonly status: number | null; readonly said: string } {
  const { status, stderr } = spawnSync(process.execPath, [GUARD], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_config_user_agent: agent, npm_package_name: '@holdfast/core' },
  });
  return { status, said: stderr };
}

for (const name of ['core', 'decorators', 'opentelemetry', 'cli']) {
  const folder = fileURLToPath(new URL(`packages/${name}/`, ROOT));

  test(`packing ${name} with npm or yarn fails, and says what to use`, () => {
    for (const agent of ['npm/11.6.0 node/v24.0.0 linux x64', 'yarn/1.22.22 npm/? node/v24.0.0']) {
      const { status, said } = guard(agent, folder);
      assert.equal(status, 1);
      assert.match(said, /npx pnpm pack/);
    }
  });

  test(`packing ${name} with pnpm goes on`, () => {
    assert.deepEqual(guard('pnpm/12.21.0 npm/? node/v24.0.0', folder), { status: 0, said: '' });
  });

  test(`packing ${name} asks the guard`, async () => {
    const manifest = JSON.parse(
      await readFile(new URL(`packages/${name}/package.json`, ROOT), 'utf8'),
    ) as {
      readonly scripts: { readonly prepack: string };
    };
    assert.equal(manifest.scripts.prepack, 'node ../../scripts/prepack.mjs');
  });
}

test('packing what is not built fails', async () => {
  await using empty = await makeTempFolder();
  const { status, said } = guard('pnpm/12.21.0', empty.path);
  assert.equal(status, 1);
  assert.match(said, /npm run build/);
});
