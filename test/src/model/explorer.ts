/**
 * The process in which the tests explore: in their own, the runner follows each promise, which takes a third of the
 * time. A rejection that nobody handles ends it, and fails the test.
 */
import { serveWorker } from '@holdfast/support';
import { inOwnTurn } from './drain.js';
import { type Exploration, explore } from './explore.js';
import { FAULTS } from './faults.js';
import { FAULTS_OF_LOSSES } from './faults-of-losses.js';
import { type Found, find } from './find.js';
import { SMALL } from './shapes.js';
import { SMALL_LOSSES } from './shapes-of-losses.js';
import { prepare } from './specimen.js';
import { trace } from './trace.js';

/** What was seen, and the trace of a violation, if there is one. */
export type Seen = Omit<Exploration, 'violation'> & { readonly found: string | undefined };

export type Commands = {
  explore(world: string): Promise<Seen>;
  find(fault: string): Promise<Found | undefined>;
};

const specimen = await prepare();

const handlers: Commands = {
  async explore(world) {
    const shape = named([...SMALL, ...SMALL_LOSSES], world);
    const { violation, ...seen } = await inOwnTurn(() => explore(shape, specimen, 'deepest'));
    const found = violation && (await inOwnTurn(() => trace(shape, specimen, violation)));
    return { ...seen, found };
  },
  find: (fault) => find(named([...FAULTS, ...FAULTS_OF_LOSSES], fault)),
};

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const [one, ...others] = all.filter((each) => each.name === name);
  if (one === undefined || others.length > 0) throw new Error(`Not one is named ${name}.`);
  return one;
}

serveWorker(handlers);
