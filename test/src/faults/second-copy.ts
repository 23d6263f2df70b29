import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as core from '@holdfast/core';
import { makeTempFolder } from '@holdfast/support';

export type Core = typeof core;

/** Package managers make a copy of the core for each version of its peer: two in one process. */
export class SecondCopy implements AsyncDisposable {
  readonly core: Core;
  readonly #remove: () => Promise<void>;

  private constructor(copy: Core, remove: () => Promise<void>) {
    this.core = copy;
    this.#remove = remove;
  }

  static async load(): Promise<SecondCopy> {
    const folder = await makeTempFolder();
    const manifest = fileURLToPath(import.meta.resolve('@holdfast/core/package.json'));
    const original = dirname(manifest);
    await cp(join(original, 'dist'), join(folder.path, 'dist'), { recursive: true });
    await writeFile(join(folder.path, 'package.json'), await readFile(manifest));
    await symlink(join(original, 'node_modules'), join(folder.path, 'node_modules'));
    const index = pathToFileURL(join(folder.path, 'dist', 'index.js'));
    return new SecondCopy((await import(index.href)) as Core, () => folder.remove());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#remove();
  }
}
