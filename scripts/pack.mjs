// Packs the packages as they are published: node scripts/pack.mjs <folder>. Needs a build.
import { readFileSync } from 'node:fs';
import { argv, chdir } from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './child.mjs';
import { findPnpm } from './pnpm.mjs';

chdir(fileURLToPath(new URL('..', import.meta.url)));
const [destination = '.'] = argv.slice(2);
const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
const { command, args, options } = findPnpm(packageManager);
for (const folder of [
  'packages/core',
  'packages/decorators',
  'packages/opentelemetry',
  'packages/cli',
]) {
  await run(
    command,
    [...args, '--dir', folder, 'pack', '--pack-destination', destination],
    options,
  );
}
