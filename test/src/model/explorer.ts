/** The thread in which the tests explore: see `Elsewhere`. */
import { parentPort } from 'node:worker_threads';
import { inOwnTurn } from './drain.js';
import { type Exploration, explore } from './explore.js';
import { FAULTS } from './faults.js';
import { FAULTS_OF_LOSSES } from './faults-of-losses.js';
import { type Found, find } from './find.js';
import { SMALL } from './shapes.js';
import { SMALL_LOSSES } from './shapes-of-losses.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

const specimen = await prepare();

export interface Tasks {
  /** What was seen, and the trace of a violation, if there is one. */
  explore(name: string): Promise<Omit<Exploration, 'violation'> & { found: string | undefined }>;
  find(name: string): Promise<Found | undefined>;
}

const tasks: Tasks = {
  async explore(name) {
    const shape = named([...SMALL, ...SMALL_LOSSES], name);
    const { violation, ...seen } = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
    const found = violation && (await inOwnTurn(() => trace(shape, specimen, violation)));
    return { ...seen, found };
  },
  find: (name) => find(named([...FAULTS, ...FAULTS_OF_LOSSES], name)),
};

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const [one, ...others] = all.filter((each) => each.name === name);
  if (one === undefined || others.length > 0) throw new Error(`Not one is named ${name}.`);
  return one;
}

parentPort?.on('message', async ({ task, name }: { task: keyof Tasks; name: string }) => {
  parentPort?.postMessage(await tasks[task](name));
});
