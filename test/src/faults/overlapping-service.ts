/** Takes several locks as one, again and again, and looks at whether it is alone under each of them. */
import { setImmediate as turn } from 'node:timers/promises';
import { createLocker } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { Observer } from './observer.js';

export type OverlappingCommands = {
  /** Takes one set after the other; resolves with the locks under which somebody else was. */
  takeAll(sets: readonly (readonly string[])[]): Promise<string[]>;
  close(): Promise<void>;
};

const url = process.argv[2] ?? '';
const locker = await createLocker({ url });
const resource = await Observer.open(url);

/** Puts a mark under each lock, for as long as it is inside. Says where one stood already. */
async function mark(names: readonly string[]): Promise<string[]> {
  const marks = names.map((name) => `inside:${name}`);
  const stood = await Promise.all(marks.map((key) => resource.send('SET', key, '1', 'GET')));
  await turn();
  await resource.send('DEL', ...marks);
  return names.filter((_, place) => stood[place] !== null);
}

serveWorker({
  async takeAll(sets) {
    const shared: string[] = [];
    for (const names of sets) {
      shared.push(...(await locker.using([...names], () => mark(names))));
    }
    return shared;
  },
  async close() {
    await locker.close();
    await resource[Symbol.asyncDispose]();
  },
} satisfies OverlappingCommands);
