import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runtimesFolder } from './cache.js';
import { lazily } from './lazily.js';
import { npm } from './npm.js';

/** Something that runs JavaScript, or TypeScript itself. */
export interface Runtime {
  readonly name: string;
  /** Where the program is, once it is there. */
  readonly program: () => Promise<string>;
  /** What stands before the path of a script. */
  readonly args: readonly string[];
  /** It compiles TypeScript by itself; others get what `tsc` has made of it. */
  readonly runsTypeScript: boolean;
}

/** How a runtime is had from the npm registry: the package, its version, and where the program lies. */
interface Recipe {
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly runsTypeScript: boolean;
}

const IS_WINDOWS = process.platform === 'win32';
const EXTENSION = IS_WINDOWS ? '.exe' : '';

const RECIPES: readonly Recipe[] = [
  ...['20.20.2', '22.23.1', '24.21.0', '26.12.1'].map(node),
  {
    name: 'Bun',
    packageName: 'bun',
    version: '1.4.5',
    path: 'bun/bin/bun.exe',
    args: ['run'],
    runsTypeScript: true,
  },
  {
    name: 'Deno',
    packageName: 'deno',
    version: '2.9.6',
    path: `deno/deno${EXTENSION}`,
    args: ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock'],
    runsTypeScript: true,
  },
];

/** All runtimes of the matrix, from the oldest Node on. */
export const RUNTIMES: readonly Runtime[] = RECIPES.map(
  ({ name, packageName, version, path, args, runsTypeScript }) => ({
    name: `${name} ${version}`,
    args,
    runsTypeScript,
    program: lazily(() => install(packageName, version, path)),
  }),
);

/** The program in the cache, downloaded if it is not there. */
async function install(packageName: string, version: string, path: string): Promise<string> {
  const runtimes = await runtimesFolder();
  const folder = join(runtimes, `${packageName}-${version}`);
  if (!existsSync(folder)) {
    // Under a name of its own until it is whole.
    const partial = await mkdtemp(join(runtimes, 'partial-'));
    try {
      await writeFile(join(partial, 'package.json'), '{"private": true}');
      await npm(partial, ['install', '--no-audit', '--no-fund', `${packageName}@${version}`]);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules', path);
}

/** The Node that runs this. */
export function thisNode(): Runtime {
  return {
    name: `Node ${process.versions.node}`,
    program: async () => process.execPath,
    args: [],
    runsTypeScript: false,
  };
}

function node(version: string): Recipe {
  const packageName = `node-${IS_WINDOWS ? 'win' : process.platform}-${process.arch}`;
  return {
    name: 'Node',
    packageName,
    version,
    path: `${packageName}/bin/node${EXTENSION}`,
    args: [],
    runsTypeScript: false,
  };
}
