import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Where runtimes and projects are kept from one run to the next: outside of the repository, so that no
 * project finds the packages of the workspace above itself.
 */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-matrix');

/** Runtimes are the same for all; each checkout has projects of its own. */
const CHECKOUT = createHash('sha256').update(ROOT).digest('hex').slice(0, 8);

/** A folder for runtimes, made if it is not there. */
export function runtimesFolder(): Promise<string> {
  return made(join(CACHE, 'runtimes'));
}

/** The folder of a project, made if it is not there. */
export function projectFolder(name: string): Promise<string> {
  return made(join(CACHE, 'projects', CHECKOUT, name));
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return folder;
}
