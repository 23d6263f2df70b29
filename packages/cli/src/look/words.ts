import type { InspectedHolder, InspectedWaiter, LockInspection } from '@holdfast/core';
import { paint } from '../output/paint.js';
import { printable } from '../output/printable.js';
import { span } from '../output/span.js';

/** How a lock is held, in a word or two. */
export function modeOf({ mode, used, limit, holderCount }: LockInspection): string {
  switch (mode) {
    case undefined:
      return 'free';
    case 'exclusive':
    case 'foreign':
      return mode;
    case 'shared':
      return `shared by ${holderCount}`;
    case 'limited':
      return `${used} of ${limit ?? used}`;
  }
}

/** How somebody asks for a lock. */
export function wishOf({ mode, limit, weight }: InspectedWaiter): string {
  if (mode === undefined) return 'unknown';
  return mode === 'limited' ? `${weight} of ${limit ?? weight}` : mode;
}

/** Whose lock it is, or who waits. */
export function nameOf(who: InspectedHolder | InspectedWaiter): string {
  if (!('kind' in who) || who.kind === 'locker') return printable(who.owner ?? who.token);
  return who.value === undefined ? `a ${who.type}` : `another program: ${printable(who.value)}`;
}

/** Since when, by the clock of the store. */
export function ageOf(who: InspectedHolder | InspectedWaiter): string {
  return 'since' in who ? span(who.at.getTime() - who.since.getTime()) : '';
}

/** What remains of a lease; a key without expiry has no end. */
export function leftOf({ remaining }: InspectedHolder): string {
  return remaining === undefined ? 'no end' : span(remaining);
}

/** Until when nobody new is let in; empty: there is no grace. */
export function graceOf({ graceRemaining }: LockInspection): string {
  return graceRemaining === undefined ? '' : paint('yellow', span(graceRemaining));
}

/** The first, and how many more there are. */
export function withOthers(first: string, count: number): string {
  return count > 1 ? `${first} and ${count - 1} more` : first;
}
