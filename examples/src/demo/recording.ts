import type { Moment } from './moments.js';

/** One actor holding one lock, from the moment it knew until the moment its work ended. */
export interface Hold {
  readonly who: string;
  readonly lock: string;
  readonly fencingToken: number;
  /** All times in ms since the recording began. */
  readonly asked: number;
  readonly from: number;
  readonly to: number;
  readonly renewals: readonly number[];
  readonly killed: boolean;
}

/** A recording, put in order: the holds, by the time at which they began. */
export interface Recording {
  readonly cast: readonly string[];
  readonly holds: readonly Hold[];
  readonly length: number;
}

/** Makes holds of moments, which may come in any order. */
export function record(cast: readonly string[], moments: readonly Moment[]): Recording {
  const inOrder = moments.toSorted((a, b) => Number(a.at - b.at));
  const start = inOrder[0]?.at ?? 0n;
  const holds = cast
    .flatMap((who) =>
      holdsOf(
        inOrder.filter((moment) => moment.who === who),
        start,
      ),
    )
    .toSorted((a, b) => a.from - b.from);
  return { cast, holds, length: Math.max(0, ...holds.map((hold) => hold.to)) };
}

/** The holds of one actor: it does one thing after the other. */
function holdsOf(moments: readonly Moment[], start: bigint): Hold[] {
  const holds: Hold[] = [];
  let asked = 0;
  let held: { lock: string; fencingToken: number; from: number; renewals: number[] } | undefined;
  for (const moment of moments) {
    const at = Number(moment.at - start) / 1e6;
    switch (moment.kind) {
      case 'asked':
        asked = at;
        break;
      case 'held':
        held = { lock: moment.lock, fencingToken: moment.fencingToken, from: at, renewals: [] };
        break;
      case 'renewed':
        held?.renewals.push(at);
        break;
      case 'done':
      case 'killed':
        if (held === undefined) break;
        holds.push({ who: moment.who, asked, ...held, to: at, killed: moment.kind === 'killed' });
        held = undefined;
        break;
    }
  }
  return holds;
}

/** A crash and who took over: the next hold of that lock. */
export interface TakeOver {
  readonly crashed: Hold;
  readonly next: Hold;
  /** Milliseconds from the crash until the next one worked. */
  readonly gap: number;
}

export function takeOvers({ holds }: Recording): TakeOver[] {
  return holds
    .filter((hold) => hold.killed)
    .flatMap((crashed) => {
      const next = nextAfter(crashed, holds);
      return next === undefined ? [] : [{ crashed, next, gap: next.from - crashed.to }];
    });
}

/** From the end of one actor's work to the start of the next one's, where that one was waiting. */
export function handOffs({ holds }: Recording): number[] {
  return holds
    .filter((hold) => !hold.killed)
    .flatMap((hold) => {
      const next = nextAfter(hold, holds);
      return next !== undefined && next.asked < hold.to ? [next.from - hold.to] : [];
    });
}

function nextAfter({ lock, from }: Hold, holds: readonly Hold[]): Hold | undefined {
  return holds.find((hold) => hold.lock === lock && hold.from > from);
}

/** What must be true of every recording; returns what is not. */
export function violations({ holds }: Recording): string[] {
  return holds.flatMap((hold) => {
    const next = nextAfter(hold, holds);
    if (next === undefined) return [];
    const problems: string[] = [];
    if (next.from < hold.to) problems.push(`${hold.who} and ${next.who} held ${hold.lock} at once`);
    if (next.fencingToken <= hold.fencingToken) {
      problems.push(
        `the fencing token of ${hold.lock} did not rise from ${hold.who} to ${next.who}`,
      );
    }
    return problems;
  });
}
