import type { Shape } from './shape.js';

/** The smallest that has anything to show. */
export const TWO: Shape = { name: 'two lockers', lockers: 2, locks: 1, calls: 1, passes: 0 };

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
  {
    ...TWO,
    name: 'two lockers, a lost request or reply, a wait that gives up',
    cuts: 1,
    aborts: 1,
  },
  {
    ...TWO,
    name: 'two lockers, a crash, a broken wake channel',
    crashes: 1,
    breaks: 1,
  },
  { ...TWO, name: 'two lockers, time', passes: 1 },
  { ...TWO, name: 'one locker, renewals, time', lockers: 1, passes: 4, renewals: 1 },
  { ...TWO, name: 'three lockers', lockers: 3 },
];

/** What takes minutes, besides. */
export const LARGE: readonly Shape[] = [
  {
    ...TWO,
    name: 'two lockers, a crash, time for a lease to run out and for a poll',
    passes: 2,
    crashes: 1,
  },
  { ...TWO, name: 'two lockers, more time', passes: 2 },
  {
    ...TWO,
    name: 'two lockers, a lost request or reply, time',
    passes: 1,
    cuts: 1,
  },
  {
    ...TWO,
    name: 'two lockers, a broken wake channel, time',
    passes: 1,
    breaks: 1,
  },
  {
    ...TWO,
    name: 'two lockers, a renewal, a lost request or reply, time',
    passes: 1,
    renewals: 1,
    cuts: 1,
  },
  {
    ...TWO,
    name: 'two lockers, two losses, a wait that gives up',
    cuts: 2,
    breaks: 1,
    aborts: 1,
  },
  { ...TWO, name: 'two lockers, two locks', locks: 2, passes: 1 },
  { ...TWO, name: 'three lockers, a crash', lockers: 3, crashes: 1 },
  {
    ...TWO,
    name: 'three lockers, a wait that gives up',
    lockers: 3,
    aborts: 1,
  },
  {
    ...TWO,
    name: 'three lockers, a broken wake channel',
    lockers: 3,
    breaks: 1,
  },
];
