// The way in: installs and builds when that is needed, then runs one target. Plain JavaScript
// without dependencies, because it has to work before anything is installed.
import { readFileSync } from 'node:fs';
import { chdir, argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, run } from './child.mjs';
import { installDependencies } from './install.mjs';

/**
 * What each target runs after the build, by Node itself: no shell, no quoting, one process to
 * signal.
 */
const targets = {
  demo: ['examples/dist/demo/main.js'],
  test: ['test/dist/run.js'],
  bench: ['bench/dist/main.js'],
  'bench:cluster': ['bench/dist/cluster/main.js'],
  load: ['bench/dist/load/main.js'],
  model: ['test/dist/model/main.js'],
  torture: ['test/dist/torture/main.js'],
  matrix: ['matrix/dist/main.js'],
  check: ['scripts/check.mjs'],
  api: ['scripts/api-report.mjs', '--update'],
};

chdir(fileURLToPath(new URL('..', import.meta.url)));
cleanEnvironment();

const [target = '', ...args] = argv.slice(2);
const command = Object.hasOwn(targets, target) ? targets[target] : undefined;
if (command === undefined) {
  stop(`usage: node scripts/run.mjs ${Object.keys(targets).join('|')} [arguments]`);
}

const { engines, packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
requireNode(engines.node);

await installDependencies(packageManager);
// The checks begin with the build; everything else needs it done.
if (target !== 'check') await run(process.execPath, ['node_modules/typescript/bin/tsc', '-b']);
await run(process.execPath, ['--enable-source-maps', ...command, ...args]);

/** @param {string} range the `engines` range, which is always `>=major.minor` here */
function requireNode(range) {
  const [major, minor] = parts(range);
  const [haveMajor, haveMinor] = parts(process.versions.node);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(`Holdfast needs Node ${range}; this is Node ${process.versions.node}.`);
}

/** @param {string} version */
function parts(version) {
  return version.replace(/^\D*/, '').split('.').map(Number);
}

/** @param {string} message */
function stop(message) {
  console.error(message);
  process.exit(2);
}
