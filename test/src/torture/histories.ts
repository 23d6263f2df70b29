/** Histories in a few words, for the tests of the checks. */
import { judge } from './checks/judge.js';
import type { Disturbance } from './history/disturbance.js';
import type { Evidence } from './history/evidence.js';
import { historyOf } from './history/history.js';
import type { Called, Entry, Journal, RegisterEntry } from './history/record.js';
import type { Share } from './history/share.js';

/** The names of the checks that such a history fails, in order and each once. */
export function verdictOn(evidence: Partial<Evidence>): string[] {
  const { violations } = judge(historyOf(complete(evidence)));
  return [...new Set(violations.map(({ check }) => check))];
}

export function overlapsIn(evidence: Partial<Evidence>): number {
  return judge(historyOf(complete(evidence))).overlaps;
}

function complete(evidence: Partial<Evidence>): Evidence {
  const nothing = { journals: [], disturbances: [], register: [], remains: [] };
  return { keepsData: true, deaths: new Map(), lined: new Map(), ...nothing, ...evidence };
}

/** What the first process in a slot wrote, about the lock `job`. */
export function journal(slot: number, ...entries: readonly (readonly Entry[])[]): Journal {
  return { worker: `w${slot}.0`, slot, entries: entries.flat() };
}

interface HoldTerms {
  readonly call: number;
  readonly fencingToken: number;
  /** When it is asked for, granted and given back; without the last it runs out. */
  readonly asked: number;
  readonly from: number;
  readonly to?: number;
  /** The deadline; far away if it does not matter. */
  readonly until?: number;
  /** Without it, it is held exclusively. */
  readonly share?: Share;
}

/** A lock from the call to the release; the owner is named after the fencing token. */
export function hold(terms: HoldTerms): Entry[] {
  const { call, fencingToken, asked, from, to, until = 9_000, share } = terms;
  const owner = `owner/${fencingToken}`;
  const entries: Entry[] = [
    called(call, asked, null),
    {
      kind: 'granted',
      at: from,
      call,
      lock: 'job',
      owner,
      fencingToken,
      ttl: 1_000,
      until,
      handedOff: false,
      share,
    },
    answered(call, from, 'granted'),
  ];
  if (to === undefined) return entries;
  const release = call + 1;
  return [
    ...entries,
    { ...called(release, to, 2_000), operation: 'release' },
    { kind: 'ended', at: to, owner, how: 'released', call: release },
    answered(release, to + 1, 'done'),
  ];
}

export function called(call: number, at: number, limit: number | null): Called {
  return { kind: 'called', at, call, operation: 'acquire', lock: 'job', limit };
}

export function answered(call: number, at: number, outcome: string): Entry {
  return { kind: 'answered', at, call, outcome };
}

export function lost(fencingToken: number, at: number, how: 'gone' | 'expired'): Entry {
  return { kind: 'ended', at, owner: `owner/${fencingToken}`, how };
}

export function wrote(fencingToken: number, at: number, accepted: boolean): Entry {
  return { kind: 'wrote', at, to: at + 1, owner: `owner/${fencingToken}`, accepted };
}

export function registered(fencingToken: number, at: number, accepted: boolean): RegisterEntry {
  return { at, lock: 'job', fencingToken, accepted };
}

export function fault(
  kind: string,
  effect: Disturbance['effect'],
  slot: number | 'all',
  from: number,
  to: number,
): Disturbance {
  return { kind, effect, slot, from, to };
}
