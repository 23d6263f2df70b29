import { Deck, randomOf } from '../random.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';
import type { Topology } from '../stage/servers.js';
import type { Fault, ServerFault, WorkerFault } from './fault.js';
import { lossesAt } from './losses.js';
import { serverFaultsAt } from './server-faults.js';

export const WORKER_FAULTS: Readonly<Record<string, WorkerFault>> = {
  ...PROCESS_FAULTS,
  ...NETWORK_FAULTS,
};
/** All that can be done to servers of that kind. */
export function commonFaultsAt(topology: Topology): Readonly<Record<string, ServerFault>> {
  return { ...serverFaultsAt(topology), ...lossesAt(topology) };
}

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
  /** Default: `single`. */
  readonly topology?: Topology;
  /** The ways in which the server loses data: every other one of its faults is one of these. */
  readonly losing: readonly string[];
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
  const { seed, duration, slots, topology = 'single', losing, grace = 0, without = [] } = terms;
  const faults = commonFaultsAt(topology);
  const random = randomOf(seed, slots);
  const left = (kinds: readonly string[]): string[] =>
    kinds.filter((kind) => !without.includes(kind));
  const kindsOf = (all: Readonly<Record<string, Fault>>): string[] => left(Object.keys(all));
  const server = new Deck(kindsOf(serverFaultsAt(topology)), random);
  const losses = new Deck(left(losing), random);
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
    let losesNext = losing.length > 0;
    for (let at = begin + 1_000; at < end; at += SERVER_PAUSE * (0.5 + random())) {
      const kind = losesNext ? losses.deal() : server.deal();
      losesNext = losing.length > 0 && !losesNext;
      const fault = faults[kind];
      const time = timeOf(fault, end - at, random);
      plan.push({ at, kind, slot: 'all', time });
      at += time + (fault?.beginsReign === true ? 1.5 * grace : 0);
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
