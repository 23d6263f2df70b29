import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cache.js';
import { run } from './command.js';

const PROGRAM = '@holdfast/cli';

/** The packages as they would be published. */
export class Packed implements AsyncDisposable {
  readonly #folder: string;
  readonly #files: Readonly<Record<string, string>>;

  private constructor(folder: string, files: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#files = files;
  }

  /** What goes into the `dependencies` of a project: the libraries. */
  get libraries(): Readonly<Record<string, string>> {
    const { [PROGRAM]: _, ...libraries } = this.#files;
    return libraries;
  }

  /** The program, and the library that it runs on. */
  get program(): Readonly<Record<string, string>> {
    const { [PROGRAM]: program = '', '@holdfast/core': core = '' } = this.#files;
    return { [PROGRAM]: program, '@holdfast/core': core };
  }

  static async make(): Promise<Packed> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-packed-'));
    await run({ program: process.execPath, args: ['scripts/pack.mjs', folder], cwd: ROOT });
    const files = await readdir(folder);
    const named = files.flatMap((file) => {
      // holdfast-core-0.1.0.tgz; what else there is brings peers that no project needs.
      const [, name] = /^holdfast-(core|decorators|cli)-/.exec(file) ?? [];
      return name === undefined
        ? []
        : [[`@holdfast/${name}`, `file:${join(folder, file)}`] as const];
    });
    return new Packed(folder, Object.fromEntries(named));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
