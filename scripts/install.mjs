import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { run } from './child.mjs';
import { findPnpm } from './pnpm.mjs';

/** What the last install read, as a hash. Times of files say little after a checkout. */
const STAMP = 'node_modules/.holdfast-install';

/**
 * Brings node_modules in line with the lock file, and costs nothing when it is.
 *
 * @param {string} packageManager the root package's field: `pnpm@<version>`
 */
export async function installDependencies(packageManager) {
  const wanted = fingerprint();
  if (readIfThere(STAMP) === wanted) return;
  console.log('holdfast: installing dependencies …');
  const { command, args, options } = findPnpm(packageManager);
  await run(command, [...args, 'install', '--frozen-lockfile'], options);
  writeFileSync(STAMP, wanted);
}

function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(file));
  return `${process.platform} ${process.arch} ${hash.digest('hex')}\n`;
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
