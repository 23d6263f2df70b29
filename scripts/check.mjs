// Every check of the repository in order. What passes says one line; what fails says all it has to
// say.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packed = mkdtempSync(join(tmpdir(), 'holdfast-packed-'));
/** @type {import('node:child_process').ChildProcess | undefined} */
let running;
process.on('exit', () => {
  running?.kill();
  rmSync(packed, { recursive: true, force: true });
});
// Of itself a signal ends a process without that.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
const packages = ['core', 'decorators', 'opentelemetry', 'cli'].map((name) => {
  const { version } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  return { name, tarball: join(packed, `holdfast-${name}-${version}.tgz`) };
});

const checks = [
  { name: 'build', command: [bin('typescript', 'tsc'), '-b'] },
  { name: 'format', command: [bin('oxfmt'), '--check'] },
  { name: 'lint', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  {
    name: 'unused code and dependencies',
    command: [bin('knip'), '--treat-config-hints-as-errors'],
  },
  { name: 'workflows', command: ['scripts/lint-workflows.mjs'] },
  { name: 'packing', command: ['scripts/pack.mjs', packed] },
  ...packages.map(({ name, tarball }) => ({
    name: `package ${name}`,
    command: [bin('publint'), tarball, '--strict'],
  })),
  ...packages.filter(isLibrary).map(({ name, tarball }) => ({
    name: `types of ${name}`,
    // A CommonJS module gets an ES module, which every Node that is supported can load.
    command: [
      bin('@arethetypeswrong/cli', 'attw'),
      tarball,
      '--profile=strict',
      '--ignore-rules=cjs-resolves-to-esm',
    ],
  })),
  { name: 'API reports', command: ['scripts/api-report.mjs'] },
  // What compilers make of the library, and what they say of mistakes: long, and no behaviour of ours.
  { name: 'compilers', command: ['test/dist/run.js', '--checks'] },
  // The packages as they are published, installed elsewhere.
  { name: 'matrix', command: ['matrix/dist/main.js', '--short'] },
  // Ratios with generous bounds: whether a change has halved the speed.
  { name: 'speed', command: ['bench/dist/main.js', '--short', '--assert'] },
];

let failed = 0;
for (const { name, command } of checks) {
  const start = performance.now();
  const { code, output } = await capture(command);
  const seconds = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${code === 0 ? '✔' : '✖'} ${name} (${seconds} s)`);
  if (code === 0) continue;
  failed += 1;
  console.log(output);
  // Without a build the others would judge the last one.
  if (name === 'build') break;
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Whether it is there to be imported: a program has no types.
 *
 * @param {{ name: string }} entry
 */
function isLibrary({ name }) {
  return name !== 'cli';
}

/**
 * The script that a package runs as a command. Its own path, because a shell's shim cannot be run
 * everywhere.
 *
 * @param {string} packageName
 * @param {string} [command]
 * @returns {string}
 */
function bin(packageName, command = packageName) {
  const folder = join('node_modules', packageName);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, manifest.bin[command]);
}

/** @param {string[]} command */
async function capture(command) {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  /** @type {Buffer[]} */
  const chunks = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  return { code, output: Buffer.concat(chunks).toString() };
}
