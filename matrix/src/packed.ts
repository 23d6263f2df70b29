import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './cache.js';
import { run } from './command.js';

/** The packages as they would be published. */
export class Packed implements AsyncDisposable {
  readonly #folder: string;
  /** What goes into the `dependencies` of a project. */
  readonly dependencies: Readonly<Record<string, string>>;

  private constructor(folder: string, dependencies: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.dependencies = dependencies;
  }

  static async make(): Promise<Packed> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-packed-'));
    await run({ program: process.execPath, args: ['scripts/pack.mjs', folder], cwd: ROOT });
    const files = await readdir(folder);
    const dependencies = files.flatMap((file) => {
      // holdfast-core-0.1.0.tgz; what else there is brings peers that no project needs.
      const [, name] = /^holdfast-(core|decorators)-/.exec(file) ?? [];
      return name === undefined
        ? []
        : [[`@holdfast/${name}`, `file:${join(folder, file)}`] as const];
    });
    return new Packed(folder, Object.fromEntries(dependencies));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
