/**
 * Runs the tests, and then makes sure that they left nothing behind.
 *
 * Arguments: `node test/dist/run.js [--checks] [part of a test file's path …] [--option of node --test …]`
 *
 * `--checks`: what is in the files `*.check.ts` instead, which ask compilers rather than the library, and
 * are run by `npm run check`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRedisServer } from '@holdfast/support';
import { inGroups, type Unit } from './groups.js';
import { leftovers } from './leftovers.js';

/**
 * Files that run side by side: more than a small machine has processors, since most of them wait, for
 * servers, and for leases to end.
 */
const CONCURRENCY = 8;
/**
 * For one file, in milliseconds; far above what any takes, also beside other work. Node 20 has no
 * such limit for each test.
 */
const TIMEOUT = 600_000;

/** Parts with which a file's path begins: files that mostly wait, and of the others those that take longest. */
const WAITING = ['contract/', 'grace/', 'cli/complaints', 'cluster/', 'faults/', 'decorators/'];
const LONGEST = ['torture/torture', 'model/', 'readme/', 'cli/', 'demo/', 'examples/', 'redis/'];

const compiled = fileURLToPath(new URL('.', import.meta.url));
const sources = fileURLToPath(new URL('../src/', import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const kind = args.includes('--checks') ? 'check' : 'test';
  const options = args.filter((arg) => arg.startsWith('-') && arg !== '--checks');
  const filters = args.filter((arg) => !arg.startsWith('-'));
  const files = await testFiles(kind, filters);
  if (files.length === 0) {
    console.error(`No test file has ${filters.join(' or ')} in its path.`);
    return 1;
  }
  const redisServer = await findRedisServer();
  const runDirectory = await mkdtemp(join(tmpdir(), 'holdfast-run-'));
  const groups = await mkdtemp(join(tmpdir(), 'holdfast-groups-'));
  // What was chosen runs by itself.
  const isWhole = args.length === 0;
  const units = isWhole
    ? await inGroups(files, compiled, groups)
    : files.map((name) => ({ path: join(compiled, name), name }));
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      join(compiled, 'in-order.js'),
      String(CONCURRENCY),
      String(TIMEOUT),
      ...options,
      ...inOrder(units),
    ],
    {
      stdio: 'inherit',
      env: {
        ...environment,
        HOLDFAST_RUN_DIR: runDirectory,
        HOLDFAST_REDIS_SERVER: redisServer,
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  const remains = await leftovers(runDirectory);
  for (const folder of [runDirectory, groups]) await rm(folder, { recursive: true, force: true });
  if (signal !== null) return 128 + constants.signals[signal];
  if (remains.length === 0) return code ?? 1;
  console.error(['The tests left behind:', ...remains].join('\n  '));
  return code === 0 || code === null ? 1 : code;
}

/** The compiled test files that still have a source: a build does not remove what it once made. */
async function testFiles(kind: 'test' | 'check', filters: readonly string[]): Promise<string[]> {
  const found = await readdir(compiled, { recursive: true });
  return found
    .filter((name) => name.endsWith(`.${kind}.js`))
    .filter((name) => existsSync(join(sources, name.replace(/\.js$/, '.ts'))))
    .filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
}

function inOrder(units: readonly Unit[]): string[] {
  const waiting = units.filter(({ name }) => rank(WAITING, name) < WAITING.length);
  const others = units.filter((unit) => !waiting.includes(unit));
  return [...inShares(waiting, WAITING), ...inShares(others, LONGEST)]
    .toSorted((one, other) => one.share - other.share)
    .map(({ path }) => relative(process.cwd(), path));
}

interface Place {
  readonly path: string;
  /** Of its kind, how much is before it: from 0 to 1. */
  readonly share: number;
}

/**
 * Those that take longest come first, so that none is left to the end, alone. By their shares, those that keep a
 * processor busy run beside those that wait, from the beginning to the end.
 */
function inShares(units: readonly Unit[], first: readonly string[]): Place[] {
  return units
    .toSorted(
      (one, other) =>
        rank(first, one.name) - rank(first, other.name) || (one.name < other.name ? -1 : 1),
    )
    .map(({ path }, index) => ({ path, share: index / units.length }));
}

function rank(first: readonly string[], name: string): number {
  const place = first.findIndex((part) => name.startsWith(part));
  return place === -1 ? first.length : place;
}
