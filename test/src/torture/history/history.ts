import { type Belief, OpenBelief } from './belief.js';
import { Disturbances } from './disturbance.js';
import type { Evidence } from './evidence.js';
import type { Alarmed, Answered, Called, Ended, Journal, Wrote } from './record.js';

/** A call of the library from its begin to its end, if it came to one. */
export interface Call extends Omit<Called, 'kind' | 'at'> {
  readonly worker: string;
  readonly slot: number;
  readonly from: number;
  /** When it was answered, or its process was killed. */
  readonly to: number | undefined;
  readonly outcome: string;
}

/** Something that one process wrote down. */
export type Noted<T> = T & { readonly worker: string; readonly slot: number };

type Loss = Noted<Pick<Ended, 'owner' | 'at'>>;

/** What happened, in the terms of the checks. */
export interface History extends Omit<Evidence, 'journals' | 'disturbances'> {
  readonly calls: readonly Call[];
  /** Of each lock, in the order of their begin. */
  readonly beliefs: ReadonlyMap<string, readonly Belief[]>;
  /** The same by their owner tokens; an adopted lock has several. */
  readonly byOwner: ReadonlyMap<string, readonly Belief[]>;
  /** When which owner was told by the server that its lock is gone. */
  readonly losses: readonly Loss[];
  readonly writes: readonly Noted<Wrote>[];
  readonly alarms: readonly Noted<Alarmed>[];
  readonly disturbances: Disturbances;
}

export function historyOf(evidence: Evidence): History {
  const told = evidence.journals.map((journal) => read(journal, evidence.deaths));
  const beliefs = told
    .flatMap((one) => one.beliefs)
    .toSorted((one, other) => one.from - other.from);
  const lags = told.flatMap((one) => one.lags);
  return {
    ...evidence,
    calls: told.flatMap((one) => one.calls),
    beliefs: grouped(beliefs, ({ lock }) => lock),
    byOwner: grouped(beliefs, ({ owner }) => owner),
    losses: told.flatMap((one) => one.losses),
    writes: told.flatMap((one) => one.writes),
    alarms: told.flatMap((one) => one.alarms),
    disturbances: new Disturbances([...evidence.disturbances, ...lags]),
  };
}

/** By lock, by owner: a map of lists that keep their order. */
export function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function read({ worker, slot, entries }: Journal, deaths: Evidence['deaths']) {
  const beliefs = new Map<string, OpenBelief>();
  const begun = new Map<number, Called>();
  const ended = new Map<number, Answered>();
  /** Whose lock a release or an adoption is about, by call. */
  const subjects = new Map<number, string>();
  const who = { worker, slot };
  const told = {
    losses: [] as Loss[],
    writes: [] as Noted<Wrote>[],
    alarms: [] as Noted<Alarmed>[],
    lags: [] as { kind: string; effect: 'still'; slot: number; from: number; to: number }[],
  };
  const lost = (at: number, owner: string | undefined): void => {
    if (owner !== undefined) told.losses.push({ at, owner, ...who });
  };
  for (const entry of entries) {
    switch (entry.kind) {
      case 'called':
        begun.set(entry.call, entry);
        if (entry.owner !== undefined) subjects.set(entry.call, entry.owner);
        break;
      case 'answered':
        ended.set(entry.call, entry);
        if (/^LOCK_LOST (gone|taken)$/.test(entry.outcome))
          lost(entry.at, subjects.get(entry.call));
        break;
      case 'granted':
        beliefs.set(entry.owner, new OpenBelief(entry));
        break;
      case 'extended':
        beliefs.get(entry.owner)?.extendedTo(entry.until);
        break;
      case 'ended':
        beliefs.get(entry.owner)?.endedAt(entry.at, entry.how);
        if (entry.how === 'gone' || entry.how === 'taken') lost(entry.at, entry.owner);
        if (entry.call !== undefined) subjects.set(entry.call, entry.owner);
        break;
      case 'wrote':
        told.writes.push({ ...entry, ...who });
        break;
      case 'lagged':
        told.lags.push({ kind: 'lag', effect: 'still', slot, from: entry.at, to: entry.to });
        break;
      case 'alarmed':
        told.alarms.push({ ...entry, ...who });
        break;
      case 'noticed':
        break;
    }
  }
  const death = deaths.get(worker);
  // What kept a process from saying anything, it cannot say when it is killed.
  const from = entries.at(-1)?.at ?? death;
  if (death !== undefined && from !== undefined && death > from) {
    told.lags.push({ kind: 'silence', effect: 'still', slot, from, to: death });
  }
  for (const belief of beliefs.values()) {
    if (death !== undefined) belief.endedAt(death, 'killed');
  }
  const calls = Array.from(begun.values(), ({ at, call, operation, lock, limit }): Call => {
    const answer = ended.get(call);
    const outcome = answer?.outcome ?? (death === undefined ? 'none' : 'killed');
    const to = answer?.at ?? death;
    return { worker, slot, call, operation, lock, limit, from: at, to, outcome };
  });
  return { ...told, calls, beliefs: [...beliefs.values()].map((one) => one.close(worker, slot)) };
}
