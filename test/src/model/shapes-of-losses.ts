import type { Room } from '../../../packages/core/dist/store/port.js';
import type { Action } from './action.js';
import { TTL } from './party.js';
import type { Shape } from './shape.js';
import { TWO, WAITING, WAITING_FOR_TWO } from './shapes.js';

/** As short as it may be: no lease that was granted before a loss lasts longer. */
const GRACED: Shape = { ...TWO, grace: TTL };

/** b waits for a. */
const GRACED_WAITING: Shape = { ...WAITING, grace: TTL };

const ONE_OF_TWO: Room = { limit: 2, weight: 1 };
const READER: Room = { limit: Infinity, weight: 1 };

function actions(party: number, ...kinds: Action['kind'][]): Action[] {
  return kinds.map((kind) => {
    const place = kind === 'subscribe' || kind === 'hear' ? 1 : 0;
    return { kind, party, place };
  });
}

const A = 0;
const B = 1;
const C = 2;

const HOLDS: Action['kind'][] = ['acquire', 'serve', 'answer'];
const STANDS_IN_LINE: Action['kind'][] = [...HOLDS, 'subscribe', 'hear', 'serve', 'answer'];
const GIVES_BACK: Action['kind'][] = ['release', 'serve', 'answer'];

/**
 * b was handed the lock by a, in a write that was lost: the server has it with a. c stands in line, and a,
 * who was not answered, will give it back once more.
 */
export const HANDED_OFF_UNSEEN: Shape = {
  ...GRACED,
  lockers: 3,
  losses: 1,
  cuts: 1,
  passes: 3,
  begin: [
    ...actions(A, ...HOLDS),
    ...actions(B, ...STANDS_IN_LINE),
    ...actions(A, 'release', 'serve'),
    ...actions(B, 'hear'),
    { kind: 'lose', party: A, place: 1 },
    ...actions(C, ...STANDS_IN_LINE),
    ...actions(A, 'cut', 'pass', 'pass'),
  ],
};

const RENEWS: Action[] = actions(B, 'pass', 'wake', 'serve', 'answer');

/**
 * A renewal of a is on its way for long: meanwhile a has given the lock back, b has it and has reclaimed
 * it. The renewal arrives after the last one of b in the grace.
 */
export const LATE_RENEWAL: Shape = {
  ...GRACED,
  lockers: 3,
  flushes: 1,
  renewals: 1,
  cuts: 1,
  passes: 6,
  begin: [
    ...actions(A, ...HOLDS, 'renew', 'cut', 'release'),
    { kind: 'serve', party: A, place: 1 },
    { kind: 'answer', party: A, place: 1 },
    ...actions(B, ...HOLDS, 'flush'),
    ...actions(C, 'acquire', 'serve'),
    ...actions(A, 'pass', 'wake'),
    ...RENEWS,
    ...actions(A, 'pass', 'wake'),
    ...RENEWS,
    ...actions(A, 'serve'),
  ],
};

/** b has had the lock since the lease of a ran out, and the server has served for longer than a grace. */
export const AFTER_A_WHILE: Shape = {
  ...GRACED,
  lockers: 3,
  lasting: true,
  flushes: 1,
  passes: 2,
  begin: [...actions(A, ...HOLDS, 'pass', 'wake', 'pass', 'crash'), ...actions(B, ...HOLDS)],
  crashes: 1,
};

/** a handed the lock over to nobody, and b has had it since that lease ran out. */
export const OLD_LETTER: Shape = {
  ...GRACED,
  lasting: true,
  handOvers: 1,
  flushes: 1,
  passes: 1,
  begin: [...actions(A, ...HOLDS, 'hand over', 'pass'), ...actions(B, ...HOLDS)],
};

/** The server of a was replaced; at the next one the grace has passed, and b has the lock. */
export const COMES_BACK: Shape = {
  ...GRACED,
  lockers: 3,
  losses: 1,
  returns: 1,
  passes: 2,
  begin: [
    ...actions(A, ...HOLDS, ...GIVES_BACK),
    { kind: 'lose', party: A, place: 2 },
    ...actions(B, ...STANDS_IN_LINE, 'pass', 'pass', 'wake', 'serve', 'answer'),
  ],
};

/** a has a lock that it does not renew, which the server has lost; b waits. */
export const LOST_AND_WAITED_FOR: Shape = {
  ...GRACED,
  lasting: true,
  flushes: 1,
  passes: 3,
  begin: [...actions(A, ...HOLDS, 'flush'), ...actions(B, ...STANDS_IN_LINE)],
};

/** a has given back what b takes part in, and c has it. */
export const TWIN_GAVE_BACK: Shape = {
  ...GRACED,
  lockers: 3,
  shares: 1,
  renewals: 1,
  flushes: 1,
  crashes: 1,
  passes: 1,
  begin: [
    ...actions(A, ...HOLDS, 'share'),
    ...actions(B, 'adopt', 'serve', 'answer'),
    ...actions(A, ...GIVES_BACK, 'crash'),
    // Else what is left of its belief could not be told from what a renewal adds.
    ...actions(C, ...HOLDS, 'pass', 'flush'),
  ],
};

/** a and b have the permits that there are. */
const TWO_PERMITS: Shape = {
  ...GRACED,
  lockers: 3,
  modes: [ONE_OF_TWO, ONE_OF_TWO, ONE_OF_TWO],
  losses: 1,
  renewals: 1,
  begin: [...actions(A, ...HOLDS), ...actions(B, ...HOLDS)],
};

/** a has the lock, and b and c stand in line for it. */
const THREE_IN_LINE: Shape = {
  ...GRACED,
  lockers: 3,
  begin: [
    ...actions(A, ...HOLDS),
    ...actions(B, ...STANDS_IN_LINE),
    ...actions(C, ...STANDS_IN_LINE),
  ],
};

/** The server can have b in line again when it has given up; c waits behind. */
export const GIVEN_UP: Shape = { ...THREE_IN_LINE, losses: 1, aborts: 1 };

const ONE: Room = { limit: 1, weight: 1 };

/** The same in a room. */
export const PERMIT_GIVEN_UP: Shape = { ...GIVEN_UP, modes: [ONE, ONE, ONE] };

/** The lock is on its way from a to b, who has not heard of it, and c waits. */
const ON_ITS_WAY: Shape = {
  ...THREE_IN_LINE,
  begin: [...(THREE_IN_LINE.begin ?? []), ...actions(A, 'release', 'serve')],
};

/** a has handed the lock over to nobody yet, and b waits, or adopts it. */
const LETTER: Shape = {
  ...GRACED,
  lasting: true,
  handOvers: 1,
  begin: [...actions(A, ...HOLDS, 'hand over'), ...actions(B, ...STANDS_IN_LINE)],
};

/** b takes part in what a has, and may want it for itself. */
const TWINS: Shape = {
  ...GRACED,
  shares: 1,
  begin: [...actions(A, ...HOLDS, 'share'), ...actions(B, 'adopt', 'serve', 'answer')],
};

/** Each has one of two permits, and a third one waits. */
const PERMIT_WAITED_FOR: Shape = {
  ...TWO_PERMITS,
  losses: 0,
  renewals: 0,
  begin: [...(TWO_PERMITS.begin ?? []), ...actions(C, ...STANDS_IN_LINE)],
};

/** Servers that lose their data: explored by every run of the tests. */
export const SMALL_LOSSES: readonly Shape[] = [
  { ...GRACED, name: 'two lockers, a flush', flushes: 1 },
  { ...GRACED, name: 'two lockers, a loss of any part', losses: 1 },
  { ...GRACED_WAITING, name: 'b waits, a loss, a lost request or reply', losses: 1, cuts: 1 },
  { ...GRACED_WAITING, name: 'b waits, two losses', losses: 2 },
  { ...GRACED_WAITING, name: 'b waits, a loss, a server that comes back', losses: 1, returns: 1 },
  { ...GRACED_WAITING, name: 'b waits, a flush, a wait that gives up', flushes: 1, aborts: 1 },
  { ...GRACED_WAITING, name: 'b waits, a flush, a hand-over', flushes: 1, handOvers: 1 },
  { ...AFTER_A_WHILE, name: 'a flush after a while' },
  { ...OLD_LETTER, name: 'an old letter, a flush' },
  { ...COMES_BACK, name: 'a server that comes back after the grace of the other one' },
  { ...LOST_AND_WAITED_FOR, name: 'a lock that is not renewed, a flush, a waiter, time' },
  { ...TWO_PERMITS, name: 'two permits of two, a flush', lockers: 2, losses: 0, flushes: 1 },
  {
    ...GRACED_WAITING,
    name: 'a reader, and a writer who waits, a loss',
    modes: [READER, undefined],
    losses: 1,
  },
];

/** What takes minutes, besides. */
export const LARGE_LOSSES: readonly Shape[] = [
  { ...HANDED_OFF_UNSEEN, name: 'a hand-off that the server forgot, and a release sent again' },
  { ...LATE_RENEWAL, name: 'a late renewal, a flush' },
  { ...TWIN_GAVE_BACK, name: 'one who takes part in what was given back, a flush' },
  { ...TWO_PERMITS, name: 'two permits of two, a loss', lockers: 2 },
  { ...TWO_PERMITS, name: 'two permits of two, a third one, a loss' },
  { ...GRACED, name: 'two lockers, a loss of any part, time', losses: 1, passes: 1 },
  { ...GRACED_WAITING, name: 'b waits, a loss of any part, time', losses: 1, passes: 1 },
  { ...GRACED, name: 'two lockers, two losses', losses: 2 },
  { ...GRACED, name: 'two lockers, a loss, a lost request or reply', losses: 1, cuts: 1 },
  { ...GRACED, name: 'two lockers, a loss, a server that comes back', losses: 1, returns: 1 },
  { ...GRACED, name: 'three lockers, a flush', lockers: 3, flushes: 1 },
  { ...GRACED_WAITING, name: 'b waits, a flush, time', flushes: 1, passes: 2 },
  {
    ...GRACED_WAITING,
    name: 'b waits, locks that are not renewed, a loss of any part, time',
    lasting: true,
    losses: 1,
    passes: 2,
  },
  {
    ...GRACED_WAITING,
    name: 'b waits, a loss, a hand-over, time',
    losses: 1,
    handOvers: 1,
    passes: 1,
  },
  {
    ...GRACED_WAITING,
    name: 'b waits, a loss, a wait that gives up, time',
    losses: 1,
    aborts: 1,
    passes: 1,
  },
  { ...GRACED_WAITING, name: 'b waits, a loss, a lost reply, time', losses: 1, cuts: 1, passes: 1 },
  {
    ...GRACED_WAITING,
    name: 'a reader, and a writer who waits, a loss, time',
    modes: [READER, undefined],
    losses: 1,
    passes: 1,
  },
  { ...THREE_IN_LINE, name: 'two wait, a loss of any part', losses: 1 },
  { ...THREE_IN_LINE, name: 'two wait, a loss, a lost reply', losses: 1, cuts: 1 },
  { ...THREE_IN_LINE, name: 'two wait, a loss, a crash', losses: 1, crashes: 1 },
  { ...THREE_IN_LINE, name: 'two wait, a loss, a server that comes back', losses: 1, returns: 1 },
  { ...GIVEN_UP, name: 'two wait, a loss, a wait that gives up' },
  { ...PERMIT_GIVEN_UP, name: 'two wait for a permit, a loss, a wait that gives up' },
  { ...THREE_IN_LINE, name: 'two wait, a flush, a forced release', flushes: 1, forces: 1 },
  { ...ON_ITS_WAY, name: 'a hand-off on its way, two losses', losses: 2 },
  { ...GRACED_WAITING, name: 'b waits, two losses, a lost reply', losses: 2, cuts: 1 },
  { ...GRACED_WAITING, name: 'b waits, two losses, time', losses: 2, passes: 1 },
  {
    ...GRACED_WAITING,
    name: 'b waits, a loss, a server that comes back, time',
    losses: 1,
    returns: 1,
    passes: 1,
  },
  {
    ...GRACED_WAITING,
    name: 'b waits, a loss, a server that comes back, a lost reply',
    losses: 1,
    returns: 1,
    cuts: 1,
  },
  {
    ...GRACED_WAITING,
    name: 'b waits, locks that are not renewed, two losses, time',
    lasting: true,
    losses: 2,
    passes: 1,
  },
  {
    ...GRACED_WAITING,
    name: 'b waits, a loss, renewals by hand, a lost reply',
    losses: 1,
    renewals: 1,
    cuts: 1,
  },
  { ...GRACED, name: 'two lockers, a loss, requests that leave late', queued: true, losses: 1 },
  { ...GRACED_WAITING, name: 'b waits, a loss, a locker that is closed', losses: 1, closes: 1 },
  { ...LETTER, name: 'a hand-over that is adopted late, two losses', losses: 2 },
  { ...LETTER, name: 'a hand-over that is adopted late, a loss, time', losses: 1, passes: 1 },
  {
    ...LETTER,
    name: 'a hand-over that is adopted late, a server that comes back',
    losses: 1,
    returns: 1,
  },
  { ...TWINS, name: 'one who takes part, a loss', losses: 1 },
  { ...GRACED_WAITING, name: 'b waits, a loss, a forced release', losses: 1, forces: 1 },
  {
    ...GRACED_WAITING,
    name: 'b waits, locks that are not renewed, a forced release, a loss',
    lasting: true,
    losses: 1,
    forces: 1,
  },
  { ...PERMIT_WAITED_FOR, name: 'two permits, a third one who waits, a loss', losses: 1 },
  { ...WAITING_FOR_TWO, name: 'two locks as one, b waits, a loss', grace: TTL, losses: 1 },
];
