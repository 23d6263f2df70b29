import type { Shape } from './shape.js';
import { TWO, WAITING } from './shapes.js';

/** a has the lock, b waits for it, and a replica takes the place of the master, which goes on. */
const PROMOTING: Shape = { ...WAITING, promotions: 1 };

/** a has given the lock back to a master that stopped: it has not heard of that, and both know of the new one. */
export const GIVEN_BACK_TO_A_FORMER: Shape = {
  ...PROMOTING,
  cuts: 1,
  begin: [
    ...(WAITING.begin ?? []),
    { kind: 'release', party: 0, place: 0 },
    { kind: 'promote', party: 0, place: 0 },
    { kind: 'learn', party: 0, place: 0 },
    { kind: 'learn', party: 1, place: 0 },
  ],
};

/** A master that goes on when it was replaced: explored by every run of the tests. */
export const SMALL_PROMOTIONS: readonly Shape[] = [
  { ...PROMOTING, name: 'b waits, a former master that goes on' },
  { ...GIVEN_BACK_TO_A_FORMER, name: 'a lock that was given back to a former master that goes on' },
];

/** What takes minutes, besides. */
export const LARGE_PROMOTIONS: readonly Shape[] = [
  { ...PROMOTING, name: 'b waits, a former master that goes on, renewals by hand', renewals: 1 },
  { ...PROMOTING, name: 'b waits, a former master that goes on, a wait that gives up', aborts: 1 },
  { ...PROMOTING, name: 'b waits, a former master that goes on, time', passes: 1 },
  { ...TWO, promotions: 1, name: 'two lockers, a former master that goes on' },
  { ...PROMOTING, name: 'b waits, a former master that goes on, a broken wake channel', breaks: 1 },
  { ...PROMOTING, name: 'b waits, a former master that goes on, a lost request or reply', cuts: 1 },
  { ...PROMOTING, name: 'b waits, a former master that goes on, a crash', crashes: 1 },
  {
    ...TWO,
    name: 'two lockers, a former master that goes on, requests that leave late',
    promotions: 1,
    queued: true,
  },
];
