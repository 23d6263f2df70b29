import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** How one package manager installs without a question, in the order of what to try. */
interface Recipe {
  readonly program: string;
  readonly prepare?: readonly string[];
  readonly install: readonly string[];
  readonly packages: readonly string[];
  /** Homebrew refuses to run as root; the others need it. */
  readonly asRoot: boolean;
}

const RECIPES: readonly Recipe[] = [
  {
    program: 'apt-get',
    prepare: ['-q', 'update'],
    install: ['-q', '-o', 'DPkg::Lock::Timeout=120', 'install', '--yes', '--no-install-recommends'],
    packages: ['redis-server', 'valkey-server'],
    asRoot: true,
  },
  { program: 'apk', install: ['add', '--no-cache'], packages: ['redis', 'valkey'], asRoot: true },
  { program: 'dnf', install: ['install', '-y'], packages: ['redis', 'valkey'], asRoot: true },
  { program: 'yum', install: ['install', '-y'], packages: ['redis', 'valkey'], asRoot: true },
  {
    program: 'pacman',
    install: ['-Sy', '--noconfirm', '--needed'],
    packages: ['redis', 'valkey'],
    asRoot: true,
  },
  {
    program: 'brew',
    install: ['install', '--quiet'],
    packages: ['redis', 'valkey'],
    asRoot: false,
  },
];

/**
 * Keeps Debian's packages from asking, and from starting the daemon that they bring: we run our
 * own.
 */
const QUIET = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'HOMEBREW_NO_AUTO_UPDATE=1'];

/**
 * Installs a server if that is possible without asking anybody; returns what happened, for an error
 * message.
 */
export async function installRedis(): Promise<string> {
  const recipe = await firstUsable();
  if (recipe === undefined) return 'This system has no package manager that Holdfast knows.';
  const isRoot = process.getuid?.() === 0;
  if (recipe.asRoot && !isRoot && !(await run(['sudo', '-n', 'true']))) {
    return `Installing with ${recipe.program} needs root, and sudo asks for a password.`;
  }
  // Through env, because sudo passes no environment on.
  const prefix = recipe.asRoot && !isRoot ? ['sudo', '-n', 'env', ...QUIET] : ['env', ...QUIET];
  const execute = (command: readonly string[]): Promise<boolean> => run([...prefix, ...command]);

  console.error(`holdfast: installing a Redis server with ${recipe.program} …`);
  if (recipe.prepare !== undefined) await execute([recipe.program, ...recipe.prepare]);
  for (const name of recipe.packages) {
    if (!(await execute([recipe.program, ...recipe.install, name]))) continue;
    if (recipe.program === 'apt-get') {
      // RUNLEVEL is enough without systemd; with it the daemon may have been started all the same.
      await execute(['service', name, 'stop']);
    }
    return `${recipe.program} installed ${name}.`;
  }
  return `${recipe.program} could install none of: ${recipe.packages.join(', ')}.`;
}

async function firstUsable(): Promise<Recipe | undefined> {
  for (const recipe of RECIPES) {
    if (await isOnPath(recipe.program)) return recipe;
  }
  return undefined;
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map(async (folder) => access(join(folder, program), constants.X_OK));
  return Promise.any(found).then(
    () => true,
    () => false,
  );
}

/** Runs a command to its end without a word; true if it succeeded. */
function run([program = '', ...args]: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
