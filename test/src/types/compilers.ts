import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../readme/snippets.js';

/** An old one, the last before the compiler was written anew, and ours. */
export type Compiler = '5.4' | '5.9' | '7';

export const COMPILERS: Readonly<Record<Compiler, string>> = {
  '5.4': fileURLToPath(import.meta.resolve('typescript-5.4/lib/tsc.js')),
  '5.9': fileURLToPath(import.meta.resolve('typescript-5.9/lib/tsc.js')),
  '7': fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url)),
};

/** Below the tests, so that packages are found as they are from there. */
const PARENT = fileURLToPath(new URL('..', import.meta.url));

/** What compiles, each expected error included: with an older compiler, too. */
const COMPILING = ['types.ts', 'key-types.ts'].map((file) => {
  return fileURLToPath(new URL(`../../src/decorators/suite/${file}`, import.meta.url));
});

const DIALECTS = ['standard', 'legacy'] as const;
const PLACE = /(standard|legacy)\/module\.ts\((\d+),\d+\): (.+)$/;

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

/** The first line of each error. */
export interface Printed {
  /** By dialect, and by line of the module. */
  readonly of: Readonly<Record<Dialect, ReadonlyMap<number, readonly string[]>>>;
  readonly elsewhere: readonly string[];
}

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
      for (const dialect of DIALECTS) {
        const compilerOptions = { ...FLAGS, experimentalDecorators: dialect === 'legacy' };
        const tsconfig = { compilerOptions, files: ['module.ts', ...COMPILING] };
        await mkdir(join(folder, dialect));
        await writeFile(join(folder, dialect, 'module.ts'), source);
        await writeFile(join(folder, dialect, 'tsconfig.json'), JSON.stringify(tsconfig));
      }
    } catch (error) {
      await written[Symbol.asyncDispose]();
      throw error;
    }
    return written;
  }

  /** What the compiler prints: one process, which reads what both projects share once. */
  async errors(compiler: Compiler): Promise<Printed> {
    const projects = DIALECTS.map((dialect) => join(this.#folder, dialect));
    const args = [COMPILERS[compiler], '-b', ...projects, '--pretty', 'false'];
    const output = await new Promise<string>((settle) => {
      execFile(process.execPath, args, (_failed, stdout) => settle(stdout));
    });
    const of = { standard: new Map<number, string[]>(), legacy: new Map<number, string[]>() };
    const elsewhere: string[] = [];
    for (const error of output.split('\n').filter((line) => /^\S/.test(line))) {
      const [, dialect, line, text = ''] = PLACE.exec(error) ?? [];
      const byLine = dialect === undefined ? undefined : of[dialect as Dialect];
      if (byLine === undefined) elsewhere.push(error);
      else byLine.set(Number(line), [...(byLine.get(Number(line)) ?? []), text]);
    }
    return { of, elsewhere };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
