import type { Outcome } from '../torture.js';
import { rivals } from '../checks/order.js';
import { type Gap, gaps } from '../history/gaps.js';
import type { Operation } from '../history/record.js';

/** What a run comes to. */
export interface Figures {
  /** How often, by kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly processes: number;
  readonly calls: number;
  readonly grants: number;
  readonly handOffs: number;
  readonly adopted: number;
  /** Locks that decorated methods ran under. */
  readonly decorated: number;
  /** Calls by how they ended, without those that went well. */
  readonly endings: ReadonlyMap<string, number>;
  readonly beliefsToDeadline: number;
  /** Locks that were taken together with others. */
  readonly asOneOfSeveral: number;
  readonly writes: number;
  readonly refused: number;
  /** Pairs of waiters whose order could be compared. */
  readonly compared: number;
  readonly longestGap: Gap | undefined;
  /** Of those with nothing in the way. */
  readonly longestCalmGap: Gap | undefined;
}

export function figuresOf({ history, faults }: Outcome): Figures {
  const beliefs = [...history.beliefs.values()].flat();
  const operations = new Map(history.calls.map((call) => [`${call.worker} ${call.call}`, call]));
  const takenBy = (operation: Operation): number =>
    beliefs.filter(({ worker, call }) => {
      return operations.get(`${worker} ${call}`)?.operation === operation;
    }).length;
  const adopted = takenBy('adopt');
  const all = [...gaps(history)];
  const workers = new Set(history.calls.map(({ worker }) => worker));
  return {
    faults: counted(faults.map(({ kind }) => kind)),
    processes: workers.size,
    calls: history.calls.length,
    grants: beliefs.length - adopted,
    handOffs: beliefs.filter(({ handedOff }) => handedOff).length,
    adopted,
    decorated: takenBy('locked'),
    asOneOfSeveral: takenBy('acquire several'),
    endings: counted(
      history.calls
        .map(({ outcome }) => outcome)
        .filter((outcome) => outcome !== 'granted' && outcome !== 'done'),
    ),
    beliefsToDeadline: beliefs.filter(({ how }) => how === 'ran out').length,
    writes: history.register.length,
    refused: history.register.filter(({ accepted }) => !accepted).length,
    compared: [...rivals(history)].length,
    longestGap: longest(all),
    longestCalmGap: longest(all.filter(({ causes }) => causes.length === 0)),
  };
}

/** How often each is there, in the order of their names. */
export function counted(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all.toSorted()) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

function longest(all: readonly Gap[]): Gap | undefined {
  let found: Gap | undefined;
  for (const gap of all) {
    if (found === undefined || gap.to - gap.from > found.to - found.from) found = gap;
  }
  return found;
}
