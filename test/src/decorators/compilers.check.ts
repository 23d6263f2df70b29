import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { type Compile, DESCRIPTORS, LEGACY, STANDARD, WITHOUT_METADATA } from './compilers.js';

/** Below the tests, so that packages are found as they are from there. */
const PARENT = fileURLToPath(new URL('.', import.meta.url));

let folder: string;
before(async () => {
  folder = await mkdtemp(join(PARENT, 'compiled-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const IMPORTS = `
  import { createLocker, memoryStore } from '@holdfast/core';
  import { currentLock, getLockMetadata, Locked, UseLocker } from '@holdfast/decorators';
  const locker = await createLocker({ store: memoryStore() });
`;

/** What every dialect has. */
const METHODS = `
  @UseLocker('locker')
  class Methods {
    locker = locker;
    region = 'north';
    @Locked('outer') @Locked('{this.region}:{0}')
    async work(id: number): Promise<string> { return currentLock()?.name + ' in ' + this.region; }
    @Locked('static:{0}', { locker })
    static async report(id: number): Promise<string> { return currentLock()?.name; }
  }
  class Special extends Methods { region = 'south'; }
  results.push(await new Methods().work(42), await new Special().work(42), await Methods.report(12));
  results.push(new Methods().work.name, getLockMetadata(Methods, 'work').map(({ key }) => key).join());
  results.push(getLockMetadata(Methods, 'report').length);
`;
const FROM_METHODS = [
  'north:42 in north',
  'south:42 in south',
  'static:12',
  'work',
  'outer,{this.region}:{0}',
  1,
];

/** What legacy decorators do not have. */
const FIELDS = `
  @UseLocker('locker')
  class Fields {
    locker = locker;
    region = 'north';
    @Locked('outer') @Locked('{this.region}:{0}')
    work = async (id: number): Promise<string> => currentLock()?.name + ' in ' + this.region;
  }
  const { work } = new Fields();
  results.push(await work(42), work.name);
`;
const FROM_FIELDS = ['north:42 in north', 'work'];

/** What only the standard has. */
const PRIVATE = `
  @UseLocker('locker')
  class Private {
    locker = locker;
    @Locked('private:{0}') async #work(id: number): Promise<string> { return currentLock()?.name; }
    work(id: number): Promise<string> { return this.#work(id); }
    get named(): string { return this.#work.name; }
  }
  results.push(new Private().named, await new Private().work(42));
`;
const FROM_PRIVATE = ['#work', 'private:42'];

/** What needs to know the class. */
const MARKED = `
  class Marked {
    @UseLocker() locker = locker;
    @Locked('marked:{0}') async work(id: number): Promise<string> { return currentLock()?.name; }
  }
  results.push(await new Marked().work(42));
`;
const FROM_MARKED = ['marked:42'];

const MARKED_PRIVATE = MARKED.replaceAll('Marked', 'MarkedPrivate').replace(
  'locker =',
  '#locker =',
);
/** To read what is private, its code throws a `ReferenceError`. */
const SWC_2023 =
  "TypeError: @UseLocker: the compiler gives no way to read '#locker' " +
  '(ReferenceError: desc is not defined). Mark a property that is not private.';

const ACCESSOR = "class Service { @Locked('service') get work(): number { return 1; } }";
const ON_ACCESSOR = {
  name: 'TypeError',
  message: /work: it stands on a getter or setter, not on a /,
};

/** Compiles and runs it. */
async function run(compile: Compile, name: string, ...parts: readonly string[]): Promise<unknown> {
  const code = ['const results: unknown[] = [];', IMPORTS, ...parts];
  const end = 'await locker.close();\nexport { results };';
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}.mjs`);
  await writeFile(file, compile([...code, end].join('\n')));
  const { results } = (await import(pathToFileURL(file).href)) as { readonly results: unknown };
  return results;
}

for (const [name, compile] of Object.entries(STANDARD)) {
  test(`standard decorators of ${name} lock methods and fields, private ones too`, async () => {
    const results = await run(compile, `standard ${name}`, METHODS, FIELDS, PRIVATE, MARKED);
    assert.deepEqual(results, [...FROM_METHODS, ...FROM_FIELDS, ...FROM_PRIVATE, ...FROM_MARKED]);
    const marked = run(compile, `marked ${name}`, MARKED_PRIVATE).catch(String);
    assert.deepEqual(await marked, name === 'swc 2023-11' ? SWC_2023 : FROM_MARKED);
  });
}

for (const [name, compile] of Object.entries(WITHOUT_METADATA)) {
  test(`standard decorators of ${name} do so, too, and say what it takes to mark a locker`, async () => {
    const results = await run(compile, `without ${name}`, METHODS, FIELDS, PRIVATE);
    assert.deepEqual(results, [...FROM_METHODS, ...FROM_FIELDS, ...FROM_PRIVATE]);
    await assert.rejects(run(compile, `marked ${name}`, MARKED), {
      name: 'TypeError',
      message: /^@UseLocker: the compiler gives .* no metadata; .* version '2023-11'/,
    });
  });
}

for (const [name, compile] of Object.entries(DESCRIPTORS)) {
  test(`decorators of ${name}, with one descriptor, lock methods and fields`, async () => {
    const results = await run(compile, `descriptor ${name}`, METHODS, FIELDS, MARKED);
    assert.deepEqual(results, [...FROM_METHODS, ...FROM_FIELDS, ...FROM_MARKED]);
    await assert.rejects(run(compile, `accessor ${name}`, ACCESSOR), ON_ACCESSOR);
  });
}

for (const [name, compile] of Object.entries(LEGACY)) {
  test(`legacy decorators of ${name} lock methods, and say what fields need`, async () => {
    const results = await run(compile, `legacy ${name}`, METHODS, MARKED);
    assert.deepEqual(results, [...FROM_METHODS, ...FROM_MARKED]);
    await assert.rejects(run(compile, `accessor ${name}`, ACCESSOR), ON_ACCESSOR);
    await assert.rejects(run(compile, `fields ${name}`, FIELDS), {
      name: 'TypeError',
      message:
        /^@Locked on Fields\.work: it stands on a field\. For .* without experimentalDecorators/,
    });
  });
}
