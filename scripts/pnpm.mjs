import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Finds a way to run pnpm: the one that started us, the one on PATH, or the pinned one through npx.
 *
 * @param {string} packageManager the root package's field: `pnpm@<version>`
 * @returns {{ command: string; args: string[]; options: { shell?: boolean } }}
 */
export function findPnpm(packageManager) {
  const version = packageManager.replace(/^pnpm@|\+.*$/g, '');
  const execPath = process.env['npm_execpath'];
  const candidates = [
    ...(execPath !== undefined && /^pnpm(\.|$)/.test(basename(execPath))
      ? [program(execPath)]
      : []),
    program('pnpm'),
  ];
  return (
    candidates.find((candidate) => majorOf(candidate) === version.split('.')[0]) ??
    npx(execPath, ['--yes', '--loglevel=error', `pnpm@${version}`])
  );
}

/**
 * A program by its path or its name. Scripts run under this Node; Windows starts `.cmd` files
 * through a shell only.
 *
 * @param {string} path
 * @param {string[]} [args]
 */
function program(path, args = []) {
  if (/\.[cm]?js$/.test(path))
    return { command: process.execPath, args: [path, ...args], options: {} };
  return { command: path, args, options: { shell: process.platform === 'win32' } };
}

/**
 * The npx beside the npm that started us, else the one beside this Node, else the one on PATH.
 *
 * @param {string | undefined} execPath
 * @param {string[]} args
 */
function npx(execPath, args) {
  const besideNpm = execPath === undefined ? '' : join(dirname(execPath), 'npx-cli.js');
  if (existsSync(besideNpm)) return program(besideNpm, args);
  const besideNode = join(dirname(process.execPath), 'npx');
  if (process.platform !== 'win32' && existsSync(besideNode)) return program(besideNode, args);
  return program('npx', args);
}

/** @param {ReturnType<typeof program>} candidate */
function majorOf({ command, args, options }) {
  const { status, stdout } = spawnSync(command, [...args, '--version'], {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
    // A corepack shim would ask before it downloads.
    env: { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
  });
  return status === 0 ? stdout.trim().split('.')[0] : undefined;
}
