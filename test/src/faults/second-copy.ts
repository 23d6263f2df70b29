import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as core from '@holdfast/core';
import { makeTempFolder } from '@holdfast/support';

export type Core = typeof core;

/** Package managers make a copy of the core for each version of its peer: two in one process. */
export class SecondCopy implements AsyncDisposable {
  readonly core: Core;
  readonly #copy: Copy<Core>;

  private constructor(copy: Copy<Core>) {
    this.core = copy.exports;
    this.#copy = copy;
  }

  static async load(): Promise<SecondCopy> {
    return new SecondCopy(await copyOf<Core>('@holdfast/core'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#copy[Symbol.asyncDispose]();
  }
}

/** Another copy of a package, with the dependencies of the first. */
export interface Copy<T> extends AsyncDisposable {
  readonly exports: T;
}

export async function copyOf<T>(name: string): Promise<Copy<T>> {
  const folder = await makeTempFolder();
  const manifest = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  const original = dirname(manifest);
  await cp(join(original, 'dist'), join(folder.path, 'dist'), { recursive: true });
  await writeFile(join(folder.path, 'package.json'), await readFile(manifest));
  await symlink(join(original, 'node_modules'), join(folder.path, 'node_modules'));
  const index = pathToFileURL(join(folder.path, 'dist', 'index.js'));
  return {
    exports: (await import(index.href)) as T,
    [Symbol.asyncDispose]: () => folder.remove(),
  };
}
