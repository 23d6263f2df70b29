import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where runtimes and projects are kept from one run to the next: outside of the repository, so that no
 * project finds the packages of the workspace above itself.
 */
const CACHE: string = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'holdfast-matrix',
);

/** A folder in the cache, made if it is not there. */
export async function cacheFolder(...names: readonly string[]): Promise<string> {
  const folder = join(CACHE, ...names);
  await mkdir(folder, { recursive: true });
  return folder;
}
