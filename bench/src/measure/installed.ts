import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

/**
 * The folder of a package as Node finds it from another folder.
 *
 * @throws {Error} if it is not installed.
 */
export async function findPackage(name: string, from: URL): Promise<string> {
  for (let folder = from; ; folder = new URL('..', folder)) {
    const path = fileURLToPath(new URL(`node_modules/${name}`, folder));
    const found = await realpath(path).catch(() => undefined);
    if (found !== undefined) return found;
    if (folder.pathname === '/') throw new Error(`${name} is not installed.`);
  }
}

/** The packages in these folders and all that they depend on, each once. */
export async function packagesUnder(folders: readonly string[]): Promise<string[]> {
  const all = new Set(folders);
  // What is added on the way is visited too.
  for (const folder of all) {
    const { dependencies = {} } = await manifestOf(folder);
    for (const name of Object.keys(dependencies)) {
      all.add(await findPackage(name, new URL(`file://${folder}/`)));
    }
  }
  return [...all];
}

/** Bytes of the files that are installed: those of our own package are the ones it publishes. */
export async function installedSize(folder: string): Promise<number> {
  const isInstalled = /[/\\]node_modules[/\\]/.test(folder);
  const { files = [] } = isInstalled ? {} : await manifestOf(folder);
  const isPublished = (path: string): boolean =>
    !path.includes('node_modules') &&
    !files.includes(`!${path}`) &&
    (isInstalled || /^(README\.md|LICENSE|package\.json)$/.test(path) || isBelow(path, files));
  const paths = await readdir(folder, { recursive: true });
  const sizes = paths.filter(isPublished).map(async (path) => {
    const status = await stat(join(folder, path));
    return status.isFile() ? status.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}
