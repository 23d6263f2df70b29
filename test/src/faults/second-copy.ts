import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as core from '@holdfast/core';
import type * as decorators from '@holdfast/decorators';
import { makeTempFolder } from '@holdfast/support';

export type Core = typeof core;
export type Decorators = typeof decorators;

/** Package managers make a copy of the core for each version of its peer: two in one process. */
export class SecondCopy implements AsyncDisposable {
  readonly core: Core;
  readonly #remove: () => Promise<void>;

  private constructor(copy: Core, remove: () => Promise<void>) {
    this.core = copy;
    this.#remove = remove;
  }

  static async load(): Promise<SecondCopy> {
    const { copy, remove } = await load<Core>('@holdfast/core');
    return new SecondCopy(copy, remove);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#remove();
  }
}

/** As {@link SecondCopy}, of the decorators, on the core that is there. */
export class SecondDecorators implements AsyncDisposable {
  readonly decorators: Decorators;
  readonly #remove: () => Promise<void>;

  private constructor(copy: Decorators, remove: () => Promise<void>) {
    this.decorators = copy;
    this.#remove = remove;
  }

  static async load(): Promise<SecondDecorators> {
    const { copy, remove } = await load<Decorators>('@holdfast/decorators');
    return new SecondDecorators(copy, remove);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#remove();
  }
}

interface Loaded<T> {
  readonly copy: T;
  readonly remove: () => Promise<void>;
}

async function load<T>(name: string): Promise<Loaded<T>> {
  const folder = await makeTempFolder();
  const manifest = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  const original = dirname(manifest);
  await cp(join(original, 'dist'), join(folder.path, 'dist'), { recursive: true });
  await writeFile(join(folder.path, 'package.json'), await readFile(manifest));
  await symlink(join(original, 'node_modules'), join(folder.path, 'node_modules'));
  const index = pathToFileURL(join(folder.path, 'dist', 'index.js'));
  return { copy: (await import(index.href)) as T, remove: () => folder.remove() };
}
