import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../readme/snippets.js';

const { resolve } = createRequire(import.meta.url);

/** An old one, the last before the compiler was written anew, and ours. */
export type Compiler = '5.4' | '5.9' | '7';

export const COMPILERS: Readonly<Record<Compiler, string>> = {
  '5.4': resolve('typescript-5.4/lib/tsc.js'),
  '5.9': resolve('typescript-5.9/lib/tsc.js'),
  '7': fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url)),
};

/** Below the tests, so that packages are found as they are from there. */
const PARENT = fileURLToPath(new URL('..', import.meta.url));

const FLAGS = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  types: ['node'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
};

/** One module in a project of its own for each dialect, as somebody would write it who uses us. */
export class Written implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async write(source: string): Promise<Written> {
    const folder = await mkdtemp(join(PARENT, 'printed-'));
    const written = new Written(folder);
    try {
      await writeFile(join(folder, 'module.ts'), source);
      for (const dialect of ['standard', 'legacy'] as const) {
        const compilerOptions = { ...FLAGS, experimentalDecorators: dialect === 'legacy' };
        const files = ['../module.ts'];
        await mkdir(join(folder, dialect));
        await writeFile(
          join(folder, dialect, 'tsconfig.json'),
          JSON.stringify({ compilerOptions, files }),
        );
      }
    } catch (error) {
      await written[Symbol.asyncDispose]();
      throw error;
    }
    return written;
  }

  /** What the compiler prints, by line of the module: the first line of each error. */
  async errors(compiler: Compiler, dialect: Dialect): Promise<Map<number, readonly string[]>> {
    const project = join(this.#folder, dialect);
    const args = [COMPILERS[compiler], '-p', project, '--pretty', 'false'];
    const output = await new Promise<string>((settle) => {
      execFile(process.execPath, args, (_failed, stdout) => settle(stdout));
    });
    const errors = new Map<number, readonly string[]>();
    for (const [, line = '', text = ''] of output.matchAll(
      /^\S*module\.ts\((\d+),\d+\): (.+)$/gm,
    )) {
      errors.set(Number(line), [...(errors.get(Number(line)) ?? []), text]);
    }
    return errors;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
