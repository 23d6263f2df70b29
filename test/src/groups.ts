import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Of these folders, files that share a process, by what their paths begin with. To start a process with the test
 * runner, the library and its client takes longer than most of their tests.
 */
const SHARING = ['engine/', 'redis/', 'faults/', 'web-locks/', 'recipes/', 'fuzz/', 'memory/']
  .concat(['opentelemetry/', 'moving-over/', 'support/', 'decorators/lock-key', 'decorators/parts'])
  .concat(['decorators/two-decorators', 'decorators/standard-only']);

/** It loads the library once more, which Node 20 does only in a process that has not started another yet. */
const ALONE = 'faults/two-copies';

/** So many at the most: what waits should wait beside others, and none be left to the end. */
const SIZE = 8;

/** A file that awaits something while it is loaded declares its tests too late for a group. */
const LOADS_SLOWLY = /^(?:(?:export )?const [^=]+= )?await /m;

/** What the test runner is to start: a test file, or a module that runs several. */
export interface Unit {
  readonly path: string;
  /** Of its files, the first. */
  readonly name: string;
}

/** Each file alone, or in a group, whose module is written to a folder. */
export async function inGroups(
  names: readonly string[],
  compiled: string,
  folder: string,
): Promise<Unit[]> {
  const units: Unit[] = [];
  const sharing = new Map<string, string[]>();
  for (const name of names) {
    const prefix = SHARING.find((each) => name.startsWith(each));
    const isAlone = name.startsWith(ALONE) || (await loadsSlowly(join(compiled, name)));
    if (prefix === undefined || isAlone) {
      units.push({ path: join(compiled, name), name });
    } else {
      const [kind = ''] = prefix.split('/');
      sharing.set(kind, [...(sharing.get(kind) ?? []), name]);
    }
  }
  for (const [kind, files] of sharing) {
    const groups = Math.ceil(files.length / SIZE);
    for (let group = 0; group < groups; group += 1) {
      // In turn, so that neighbours, which are alike, are not all in one.
      const own = files.filter((_, index) => index % groups === group);
      const path = join(folder, `${kind}-${group + 1}.mjs`);
      await writeFile(path, moduleOf(own, compiled));
      units.push({ path, name: own[0] ?? '' });
    }
  }
  return units;
}

async function loadsSlowly(path: string): Promise<boolean> {
  return LOADS_SLOWLY.test(await readFile(path, 'utf8'));
}

function moduleOf(files: readonly string[], compiled: string): string {
  const together = pathToFileURL(join(compiled, 'together.js')).href;
  return `import { together } from ${JSON.stringify(together)};\ntogether(${JSON.stringify(files)});\n`;
}
