import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { projectFolder, ROOT } from './cache.js';
import { run } from './command.js';
import { blocksOf } from './documents.js';
import { npm } from './npm.js';
import type { Runtime } from './runtimes.js';

const FIXTURES = join(ROOT, 'matrix', 'projects');
const CONTRACT = join(ROOT, 'matrix', 'contract');

/** The programs of each dialect of decorators, and where `tsc` has put them. */
const PROGRAMS = {
  standard: { names: ['core', 'decorated', 'web-locks'], compiled: 'dist' },
  legacy: { names: ['decorated', 'marked'], compiled: 'legacy/dist' },
} as const;

const DOCUMENTS = ['docs/getting-started.md', 'docs/testing.md'] as const;

/** What each project has besides what it is about. */
const COMMON = { '@types/node': '24.19.2', redis: '6.3.1' } as const;

const INSTALL = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];

/** Windows spells it in its own way, and a program that is given both may take either. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface ProjectOptions {
  /** The folder below `projects` that it is a copy of. */
  readonly fixture: string;
  /** Where it lies in the cache. */
  readonly name: string;
  /** The packed packages. */
  readonly packed: Readonly<Record<string, string>>;
  /** Versions other than those of the fixture. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

/**
 * A project as a user has it: a folder of its own, in which npm has installed the packages. It has the
 * programs of the contract in `standard` and `legacy`, as sources and as `tsc` compiled them, and
 * the files that the documents tell users to write.
 */
export class Project {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async install({ fixture, name, packed, packages }: ProjectOptions): Promise<Project> {
    const folder = await projectFolder(name);
    // All but what was installed: npm brings that up to date.
    const old = (await readdir(folder)).filter((entry) => entry !== 'node_modules');
    await Promise.all(old.map((entry) => rm(join(folder, entry), { recursive: true })));
    await layPrograms(folder);
    await layDocumented(folder, fixture);
    await cp(join(FIXTURES, fixture), folder, { recursive: true });
    const { devDependencies, dependencies, ...manifest } = await readManifest(folder);
    const versions = { ...COMMON, ...dependencies, ...devDependencies, ...packages };
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ ...manifest, dependencies: { ...versions, ...packed } }, undefined, 2),
    );
    await npm(folder, INSTALL);
    await assertInstalled(folder, versions);
    return new Project(folder);
  }

  /** Runs one of its scripts, under a Node. */
  async script(name: string, { program }: Runtime, url: string | undefined): Promise<void> {
    const env = environment(url, dirname(await program()));
    await npm(this.#folder, ['run', '--silent', name], env);
  }

  /** Runs a program in its folder: some runtimes go by the settings that lie there. */
  async execute(path: string, { program, args }: Runtime, url: string | undefined): Promise<void> {
    await run({
      program: await program(),
      args: [...args, basename(path)],
      cwd: join(this.#folder, dirname(path)),
      env: environment(url),
      limit: 60_000,
    });
  }
}

/** The version that a fixture has pinned. */
export async function pinned(fixture: string, name: string): Promise<string> {
  const { devDependencies, dependencies } = await readManifest(join(FIXTURES, fixture));
  return devDependencies?.[name] ?? dependencies?.[name] ?? '';
}

async function layPrograms(folder: string): Promise<void> {
  for (const [dialect, { names, compiled }] of Object.entries(PROGRAMS)) {
    await mkdir(join(folder, dialect), { recursive: true });
    for (const name of names) {
      await cp(join(CONTRACT, 'src', `${name}.ts`), join(folder, dialect, `${name}.ts`));
      const script = join(folder, 'compiled', dialect, `${name}.js`);
      await cp(join(CONTRACT, compiled, `${name}.js`), script, { recursive: true });
    }
  }
}

/** What a row says has been run has to be what is there. */
async function assertInstalled(
  folder: string,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, wanted] of Object.entries(versions)) {
    const { version } = await readManifest(join(folder, 'node_modules', name));
    if (version !== wanted) throw new Error(`${name} is ${version} in ${folder}, not ${wanted}.`);
  }
}

/** A `tsconfig.json` for each dialect, and the tests of a runner. */
async function layDocumented(folder: string, fixture: string): Promise<void> {
  const blocks = (await Promise.all(DOCUMENTS.map(blocksOf))).flat();
  for (const { file, purpose, code } of blocks) {
    if (purpose in PROGRAMS) await writeFile(join(folder, purpose, file), code);
    else if (fixture.startsWith(purpose)) await writeFile(join(folder, file), code);
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What a program finds: the server, and the Node that goes before others. */
function environment(url: string | undefined, path?: string): NodeJS.ProcessEnv {
  const { REDIS_URL: _, NODE_OPTIONS: __, ...rest } = process.env;
  return {
    ...rest,
    ...(url === undefined ? {} : { REDIS_URL: url }),
    ...(path === undefined ? {} : { [PATH]: [path, process.env[PATH]].join(delimiter) }),
    // What frameworks ask or send in the background.
    CI: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
  };
}
