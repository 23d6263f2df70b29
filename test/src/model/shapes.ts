import type { Room } from '../../../packages/core/dist/store/port.js';
import type { Action } from './action.js';
import type { Shape } from './shape.js';

/** The smallest that has anything to show. */
export const TWO: Shape = { name: 'two lockers', lockers: 2, locks: 1, calls: 1, passes: 0 };

/** Two lockers, and b waits for a. */
export const WAITING: Shape = {
  ...TWO,
  begin: [
    { kind: 'acquire', party: 0, place: 0 },
    { kind: 'serve', party: 0, place: 0 },
    { kind: 'answer', party: 0, place: 0 },
    { kind: 'acquire', party: 1, place: 0 },
    { kind: 'serve', party: 1, place: 0 },
    { kind: 'answer', party: 1, place: 0 },
    { kind: 'subscribe', party: 1, place: 1 },
    { kind: 'hear', party: 1, place: 1 },
    { kind: 'serve', party: 1, place: 0 },
    { kind: 'answer', party: 1, place: 0 },
  ],
};

/** Each asks for two locks as one, and names them the other way round. */
const TWO_LOCKS: Shape = {
  name: 'two lockers, two locks as one',
  lockers: 2,
  locks: 2,
  calls: 1,
  passes: 0,
  sets: [
    [0, 1],
    [1, 0],
  ],
};

/** a has both, and b waits in the line of the one that it asks for first. */
export const WAITING_FOR_TWO: Shape = {
  ...TWO_LOCKS,
  begin: [
    { kind: 'acquire all', party: 0, place: 0 },
    { kind: 'serve', party: 0, place: 0 },
    { kind: 'answer', party: 0, place: 0 },
    ...waitsInLine(1),
  ],
};

/**
 * Each asks for two of three locks: what each has last is what the next one has first. a has both of
 * its own, and the others wait in the line of the one that they ask for first.
 */
const CIRCLE: Shape = {
  name: 'three lockers, locks in a circle',
  lockers: 3,
  locks: 3,
  calls: 1,
  passes: 0,
  sets: [
    [0, 1],
    [1, 2],
    [2, 0],
  ],
  begin: [
    { kind: 'acquire all', party: 0, place: 0 },
    { kind: 'serve', party: 0, place: 0 },
    { kind: 'answer', party: 0, place: 0 },
    ...waitsInLine(1),
    ...waitsInLine(2),
  ],
};

/** Asks for several locks, finds one in the way, and stands in the line of the first. */
function waitsInLine(party: number): Action[] {
  const kinds = [
    'serve',
    'answer',
    'serve',
    'answer',
    'subscribe',
    'hear',
    'serve',
    'answer',
  ] as const;
  return [
    { kind: 'acquire all', party, place: 0 },
    ...kinds.map((kind) => ({
      kind,
      party,
      place: kind === 'subscribe' || kind === 'hear' ? 1 : 0,
    })),
  ];
}

const READER: Room = { limit: Infinity, weight: 1 };
const WRITER = undefined;
const ONE_OF_TWO: Room = { limit: 2, weight: 1 };
const TWO_OF_TWO: Room = { limit: 2, weight: 2 };

/** A reader and a writer. */
const MIXED: Shape = { ...TWO, modes: [READER, WRITER] };

/** b takes the lock from a; what it has asked, or been answered, may be lost. */
export const STOLEN: Shape = {
  ...TWO,
  name: 'two lockers, a thief, a lost request or reply',
  thieves: [1],
  cuts: 1,
};

/** Who waits for what others hold together. */
const THREE_MIXED: Shape = { ...TWO, lockers: 3, modes: [READER, WRITER, READER] };
export const PERMITS: Shape = { ...TWO, lockers: 3, modes: [ONE_OF_TWO, ONE_OF_TWO, ONE_OF_TWO] };

/** `a` has the lock with others; then `b` waits for it alone. */
export const WRITER_WAITS: Shape = { ...THREE_MIXED, begin: WAITING.begin ?? [] };

/** `a` and `b` died with a permit each, `a` before `b`; `c` may want one of them. */
export const PERMITS_OF_THE_DEAD: Shape = {
  ...PERMITS,
  crashes: 2,
  passes: 1,
  begin: [
    { kind: 'acquire', party: 0, place: 0 },
    { kind: 'serve', party: 0, place: 0 },
    { kind: 'answer', party: 0, place: 0 },
    { kind: 'pass', party: 0, place: 0 },
    { kind: 'crash', party: 0, place: 0 },
    { kind: 'acquire', party: 1, place: 0 },
    { kind: 'serve', party: 1, place: 0 },
    { kind: 'answer', party: 1, place: 0 },
    { kind: 'crash', party: 1, place: 0 },
  ],
};

/** Explored by every run of the tests. */
export const SMALL: readonly Shape[] = [
  {
    ...TWO,
    name: 'two lockers, a wait that gives up',
    aborts: 1,
  },
  { ...TWO, name: 'two lockers, a crash', crashes: 1 },
  {
    ...TWO,
    name: 'two lockers, a broken wake channel',
    breaks: 1,
  },
  { ...TWO, name: 'two lockers, a lost request or reply', cuts: 1 },
  { ...TWO, name: 'two lockers, time', passes: 1 },
  { ...TWO, name: 'one locker, renewals, time', lockers: 1, passes: 3, renewals: 1 },
  { ...TWO, name: 'three lockers', lockers: 3 },
  { ...TWO, name: 'two lockers, a hand-over', handOvers: 1 },
  { ...TWO, name: 'two lockers, a failover', failovers: 1 },
  { ...TWO, name: 'two lockers, a lost wake channel', drops: 1 },
  { ...TWO, name: 'two lockers, a deaf wake channel', deafs: 1 },
  { ...TWO, name: 'two lockers, a request that is never sent', queued: true, unsents: 1 },
  { ...TWO, name: 'two lockers, a refusal', refusals: 1 },
  { ...TWO, name: 'two lockers, a close', closes: 1 },
  {
    ...TWO,
    name: 'two lockers, a callback at a hand-off',
    reactions: 1,
    react: ['abort', 'close'],
  },
  {
    ...TWO,
    name: 'one locker, a close, a callback at a loss, time',
    lockers: 1,
    passes: 1,
    closes: 1,
    reactions: 1,
    react: ['acquire', 'release', 'close'],
  },
  TWO_LOCKS,
  { ...TWO_LOCKS, name: 'two lockers, two locks as one, a crash', crashes: 1 },
  CIRCLE,
  {
    ...TWO_LOCKS,
    name: 'two lockers, a lock as one with another that both read',
    modes: [READER, READER],
  },
  {
    ...TWO_LOCKS,
    name: 'two lockers, a lock as one with another that one of them reads',
    modes: [READER, WRITER],
  },

  // Locks that are stolen.
  STOLEN,
  { ...TWO, name: 'two thieves', thieves: [0, 1] },
  { ...MIXED, name: 'a reader, and a thief', thieves: [1] },

  // Locks that are held together.
  { ...MIXED, name: 'a reader and a writer, a lost request or reply', cuts: 1 },
  { ...MIXED, name: 'a reader and a writer, a wait that gives up', aborts: 1 },
  { ...MIXED, name: 'two permits of two, time', modes: [ONE_OF_TWO, TWO_OF_TWO], passes: 1 },
  { ...WRITER_WAITS, name: 'a writer waits for a reader, another reader comes' },
  {
    ...WRITER_WAITS,
    name: 'a writer waits for a reader and gives up, another reader comes',
    aborts: 1,
  },
  { ...PERMITS_OF_THE_DEAD, name: 'two permits of two, both of the dead, and a third one' },
  {
    ...TWO,
    name: 'one locker, a permit, renewals, a lost request or reply, time',
    lockers: 1,
    modes: [ONE_OF_TWO],
    passes: 1,
    renewals: 1,
    cuts: 1,
  },
];

/** What takes minutes, besides. */
export const LARGE: readonly Shape[] = [
  {
    ...TWO,
    name: 'two lockers, a lost request or reply, a wait that gives up',
    cuts: 1,
    aborts: 1,
  },
  { ...TWO, name: 'two lockers, a crash, a broken wake channel', crashes: 1, breaks: 1 },
  {
    ...TWO,
    name: 'two lockers, a request that is never sent, a refusal, a wait that gives up',
    queued: true,
    unsents: 1,
    refusals: 1,
    aborts: 1,
  },
  { ...TWO, name: 'two lockers, more time', passes: 2 },
  { ...TWO, name: 'two lockers, a lost request or reply, time', cuts: 1, passes: 1 },
  { ...TWO, name: 'two lockers, a broken wake channel, time', breaks: 1, passes: 1 },
  { ...TWO, name: 'two lockers, two locks', locks: 2, passes: 1 },
  { ...TWO, name: 'three lockers, a crash', lockers: 3, crashes: 1 },
  { ...TWO, name: 'three lockers, a wait that gives up', lockers: 3, aborts: 1 },
  { ...TWO, name: 'three lockers, a broken wake channel', lockers: 3, breaks: 1 },
  {
    ...TWO,
    name: 'one locker, renewals, a lost request or reply, time',
    lockers: 1,
    passes: 3,
    renewals: 1,
    cuts: 1,
  },
  {
    ...WAITING,
    name: 'b waits, a renewal, a lost request or reply, time',
    passes: 1,
    renewals: 1,
    cuts: 1,
  },
  {
    ...WAITING,
    name: 'b waits, two losses, a wait that gives up',
    cuts: 2,
    breaks: 1,
    aborts: 1,
  },
  {
    ...WAITING,
    name: 'b waits, a crash, time for a lease to run out and for a poll',
    passes: 3,
    crashes: 1,
  },

  // Locks that are handed over.
  { ...TWO, name: 'two lockers, two hand-overs', handOvers: 2 },
  {
    ...TWO,
    name: 'two lockers, a hand-over, a lost request or reply',
    handOvers: 1,
    cuts: 1,
  },
  { ...TWO, name: 'two lockers, a hand-over, a failover', handOvers: 1, failovers: 1 },
  { ...TWO, name: 'two lockers, a hand-over, a close', handOvers: 1, closes: 1 },
  { ...WAITING, name: 'b waits, a hand-over, more time', handOvers: 1, passes: 2 },
  {
    ...WAITING,
    name: 'b waits, a hand-over, pushes and answers that are late or lost',
    handOvers: 1,
    reconnects: 1,
    breaks: 1,
  },
  { ...WAITING, name: 'b waits, c comes, a hand-over', lockers: 3, handOvers: 1 },

  // Wake channels that do not deliver.
  { ...TWO, name: 'two lockers, a failover, time', failovers: 1, passes: 1 },
  { ...TWO, name: 'two lockers, a failover, a lost request or reply', failovers: 1, cuts: 1 },
  { ...TWO, name: 'two lockers, a failover and back, a crash', failovers: 2, crashes: 1 },
  { ...TWO, name: 'three lockers, a failover', lockers: 3, failovers: 1 },
  { ...TWO, name: 'two lockers, a lost wake channel, time', drops: 1, passes: 1 },
  { ...TWO, name: 'two lockers, a lost and a broken wake channel', drops: 1, breaks: 1 },
  { ...TWO, name: 'one locker, two calls, a lost wake channel', lockers: 1, calls: 2, drops: 1 },
  { ...TWO, name: 'three lockers, a lost wake channel', lockers: 3, drops: 1 },
  { ...TWO, name: 'two lockers, a deaf wake channel, time', deafs: 1, passes: 1 },
  { ...TWO, name: 'three lockers, a deaf wake channel', lockers: 3, deafs: 1 },
  {
    ...WAITING,
    name: 'b waits, c comes, a deaf wake channel, time',
    lockers: 3,
    deafs: 1,
    passes: 1,
  },
  { ...WAITING, name: 'b waits, a failover, more time', failovers: 1, passes: 3 },

  // Requests that do not get through.
  {
    ...TWO,
    name: 'two lockers, two requests that are never sent, time',
    queued: true,
    unsents: 2,
    passes: 1,
  },
  {
    ...TWO,
    name: 'two lockers, a refusal, a request that is never sent, a lost request or reply',
    refusals: 1,
    unsents: 1,
    cuts: 1,
  },
  { ...TWO, name: 'two lockers, a refusal, time', refusals: 1, passes: 1 },

  // Lockers that are closed, and callbacks that call back.
  { ...TWO, name: 'two lockers, a close, a lost request or reply', closes: 1, cuts: 1 },
  { ...WAITING, name: 'b waits, a close, a broken wake channel', closes: 1, breaks: 1 },
  { ...WAITING, name: 'b waits, a close, more time', closes: 1, passes: 2 },
  {
    ...WAITING,
    name: 'b waits, a close, a hand-over, a lost request or reply',
    closes: 1,
    handOvers: 1,
    cuts: 1,
  },
  {
    ...TWO,
    name: 'two lockers, a callback at a hand-off, a lost request or reply',
    cuts: 1,
    reactions: 1,
    react: ['abort', 'close'],
  },
  {
    ...WAITING,
    name: 'b waits, callbacks at a hand-off and at a loss, time',
    passes: 1,
    closes: 1,
    reactions: 2,
    react: ['abort', 'acquire', 'release', 'close'],
  },
  {
    ...TWO,
    name: 'one locker, a close, callbacks at losses, time',
    lockers: 1,
    passes: 2,
    closes: 1,
    reactions: 2,
    react: ['acquire', 'release', 'close'],
  },

  // Locks that are stolen.
  { ...STOLEN, name: 'two lockers, a thief, a lost request or reply, time', passes: 1 },
  { ...STOLEN, name: 'three lockers, a thief, a lost request or reply', lockers: 3 },
  { ...TWO, name: 'three lockers, two thieves', lockers: 3, thieves: [1, 2] },

  // Several locks as one.
  { ...TWO_LOCKS, name: 'two lockers, two locks as one, a wait that gives up', aborts: 1 },
  { ...TWO_LOCKS, name: 'two lockers, two locks as one, a lost request or reply', cuts: 1 },
  { ...TWO_LOCKS, name: 'two lockers, two locks as one, a close', closes: 1 },
  { ...CIRCLE, name: 'three lockers, locks in a circle, a crash', crashes: 1 },
  {
    ...TWO_LOCKS,
    name: 'two lockers, a lock as one with another that both read, a lost request or reply',
    modes: [READER, READER],
    cuts: 1,
  },
  {
    ...TWO_LOCKS,
    name: 'two lockers, a lock as one with another that one of them reads, a wait that gives up',
    modes: [READER, WRITER],
    aborts: 1,
  },
  // Locks that are held together.
  { ...THREE_MIXED, name: 'two readers and a writer' },
  { ...PERMITS, name: 'three permits of two' },
  { ...PERMITS, name: 'three permits of two, a crash', crashes: 1 },
  { ...PERMITS, name: 'three permits, one of both', modes: [ONE_OF_TWO, TWO_OF_TWO, ONE_OF_TWO] },
  { ...MIXED, name: 'a reader and a writer, a crash, time', crashes: 1, passes: 1 },
  { ...MIXED, name: 'a reader and a writer, a hand-over, a lost reply', handOvers: 1, cuts: 1 },
  { ...MIXED, name: 'a reader and a writer, a failover', failovers: 1 },
  {
    ...WRITER_WAITS,
    name: 'a writer waits for a reader, another comes, one of them dies, time',
    crashes: 1,
    passes: 1,
  },
  {
    ...WRITER_WAITS,
    name: 'a writer waits for a reader, another comes, a lost request or reply',
    cuts: 1,
  },
  {
    ...WRITER_WAITS,
    name: 'a writer waits for a reader, another comes, a deaf wake channel',
    deafs: 1,
  },
];
