import { Deck, randomOf } from '../random.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';
import type { Topology } from '../stage/servers.js';
import type { Fault, WorkerFault } from './fault.js';
import { COMMON_FAULTS, faultsAt } from './topology-faults.js';

export const WORKER_FAULTS: Readonly<Record<string, WorkerFault>> = {
  ...PROCESS_FAULTS,
  ...NETWORK_FAULTS,
};

/** One fault to come. `at`: ms after the begin. */
export interface Planned {
  readonly at: number;
  readonly kind: string;
  readonly slot: number | 'all';
  readonly time: number;
}

export interface PlanTerms {
  readonly seed: number;
  /** In ms. */
  readonly duration: number;
  readonly slots: number;
  readonly losesData: boolean;
  /** Default: `single`. */
  readonly topology?: Topology;
  /** Of the lockers, in ms: between two losses of data there has to be time in which locks are granted. */
  readonly grace?: number;
  /** Kinds that are left out. */
  readonly without?: readonly string[];
}

/** Faults come in bouts with a calm after each, in which the promises of calm days can be seen. */
const BOUT = 12_000;
const CALM = 8_000;
/** A worker is left alone for so long between two faults; the server, too; in ms. */
const WORKER_PAUSE = 12_000;
const SERVER_PAUSE = 2_500;

/** What is going to happen: the same for the same terms. */
export function planOf(terms: PlanTerms): Planned[] {
  const { seed, duration, slots, losesData, topology = 'single', grace = 0, without = [] } = terms;
  const random = randomOf(seed, slots);
  const kindsOf = (faults: Readonly<Record<string, Fault>>): string[] =>
    Object.keys(faults).filter((kind) => !without.includes(kind));
  const server = new Deck(kindsOf(faultsAt(topology, losesData)), random);
  const workers = new Deck(kindsOf(WORKER_FAULTS), random);
  const places = new Deck([...Array(slots).keys()], random);
  const plan: Planned[] = [];
  for (let begin = 0; begin < duration; begin += BOUT + CALM) {
    const end = Math.min(begin + BOUT, duration);
    for (let at = begin; at < end; at += (WORKER_PAUSE / slots) * (0.3 + 1.4 * random())) {
      const kind = workers.deal();
      const time = timeOf(WORKER_FAULTS[kind], end - at, random);
      plan.push({ at, kind, slot: places.deal(), time });
    }
    for (let at = begin + 1_000; at < end; at += 1.5 * grace + SERVER_PAUSE * (0.5 + random())) {
      const kind = server.deal();
      const time = timeOf(COMMON_FAULTS[kind], end - at, random);
      plan.push({ at, kind, slot: 'all', time });
      at += time;
    }
  }
  return plan.toSorted((one, other) => one.at - other.at);
}

/** Within what the fault allows, and not far into the calm. */
function timeOf(fault: Fault | undefined, left: number, random: () => number): number {
  const [least, most] = fault?.time ?? [0, 0];
  const time = least + (most - least) * random();
  return Math.round(Math.min(time, Math.max(least, left)));
}
