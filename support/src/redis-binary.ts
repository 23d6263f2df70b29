import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installRedis } from './redis-install.js';

/** The oldest servers that Holdfast supports, by the name that they give themselves. */
const OLDEST = { Redis: [7, 0], Valkey: [7, 2] } as const;

const ADVICE = `Either install redis-server 7.0 or valkey-server 7.2, or newer, so that it is on PATH,
or set HOLDFAST_REDIS_SERVER to the path of one,
or, for the demo only, set REDIS_URL to a server that is running.`;

/** A process looks only once. */
let found: Promise<string> | undefined;

/**
 * The path or name of a server to run: `HOLDFAST_REDIS_SERVER` if it is set, else what is on PATH,
 * else what the system's package manager installs where that needs no question.
 *
 * @throws {Error} if there is none, naming the choices.
 */
export function findRedisServer(): Promise<string> {
  found ??= search();
  return found;
}

async function search(): Promise<string> {
  const chosen = process.env['HOLDFAST_REDIS_SERVER'];
  if (chosen !== undefined && chosen !== '') {
    const verdict = await examine(chosen);
    if (verdict === 'good') return chosen;
    throw new Error(`HOLDFAST_REDIS_SERVER is ${chosen}, which is ${verdict}.\n${ADVICE}`);
  }
  const onPath = await searchPath();
  if (typeof onPath === 'string') return onPath;
  const report = await installRedis();
  const installed = await searchPath();
  if (typeof installed === 'string') return installed;
  throw new Error(
    ['No suitable Redis server was found.', ...installed.map(String), report, ADVICE].join('\n'),
  );
}

/** The name of the first good server, or why each of them is not. */
async function searchPath(): Promise<string | string[]> {
  const verdicts: string[] = [];
  for (const name of ['redis-server', 'valkey-server']) {
    const verdict = await examine(name);
    if (verdict === 'good') return name;
    verdicts.push(`${name} is ${verdict}.`);
  }
  return verdicts;
}

/**
 * Whether nodes of a cluster have a name for the part that they are in, as they do from Redis and Valkey 7.2
 * on.
 */
export async function namesParts(program: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)(program, ['--version']);
  const [, major = '0', minor = '0'] = /server v=(\d+)\.(\d+)/.exec(stdout) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 2);
}

/** Both servers print a line like `Redis server v=7.0.15 sha=…`. */
async function examine(program: string): Promise<string> {
  let output: string;
  try {
    ({ stdout: output } = await promisify(execFile)(program, ['--version']));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? 'not there' : 'not able to run';
  }
  const [, name, major, minor] = /^(Redis|Valkey) server v=(\d+)\.(\d+)/.exec(output) ?? [];
  if (name !== 'Redis' && name !== 'Valkey') return 'neither Redis nor Valkey';
  const [oldestMajor, oldestMinor] = OLDEST[name];
  const isNewEnough =
    Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  return isNewEnough ? 'good' : `${name} ${major}.${minor}, older than ${OLDEST[name].join('.')}`;
}
