import { execFile } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { makeTempFolder, type TempFolder } from '@holdfast/support';

const execute = promisify(execFile);
const WORKSPACE = fileURLToPath(new URL('../../../', import.meta.url));

/** The last commit before the protocol got a version. */
const COMMIT = 'a81e058aa7cd47732fc42c917f51fc1e63da457b';

/** `@holdfast/core` as it was at a commit of the past, compiled. */
export class FormerCore implements AsyncDisposable {
  /** To be imported. */
  readonly module: string;
  readonly #folder: TempFolder;

  private constructor(folder: TempFolder) {
    this.#folder = folder;
    this.module = pathToFileURL(join(folder.path, 'packages/core/dist/index.js')).href;
  }

  /** The reason why there is none, or undefined. */
  static async missing(): Promise<string | undefined> {
    try {
      await git('cat-file', '-e', `${COMMIT}^{commit}`);
      return undefined;
    } catch {
      return `this clone does not have the commit ${COMMIT.slice(0, 7)}: it may be a shallow one`;
    }
  }

  static async make(): Promise<FormerCore> {
    const folder = await makeTempFolder();
    try {
      const archive = join(folder.path, 'core.tar');
      await git('archive', '-o', archive, COMMIT, 'packages/core', 'tsconfig.base.json');
      await execute('tar', ['-xf', archive, '-C', folder.path]);
      // What it needs at run time and for the compiler is that of the workspace.
      for (const place of ['node_modules', 'packages/core/node_modules']) {
        await symlink(join(WORKSPACE, place), join(folder.path, place));
      }
      const compiler = join(WORKSPACE, 'node_modules/typescript/bin/tsc');
      await execute(process.execPath, [compiler, '-p', join(folder.path, 'packages/core')]);
      return new FormerCore(folder);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#folder.remove();
  }
}

function git(...args: readonly string[]): Promise<unknown> {
  return execute('git', ['-C', WORKSPACE, ...args]);
}
