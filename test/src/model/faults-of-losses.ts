import type { Fault } from './faults.js';
import {
  AFTER_A_WHILE,
  COMES_BACK,
  GIVEN_UP,
  HANDED_OFF_UNSEEN,
  LATE_RENEWAL,
  LOST_AND_WAITED_FOR,
  OLD_LETTER,
  PERMIT_GIVEN_UP,
  TWIN_GAVE_BACK,
} from './shapes-of-losses.js';

/** The ways in which a grace can be got wrong. */
export const FAULTS_OF_LOSSES: readonly Fault[] = [
  {
    name: 'a lock is handed off during the grace',
    world: HANDED_OFF_UNSEEN,
    breaks: /b has lost lock-0, which it believed in alone|believe that they hold/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'waiters.length > 0 && this.#grace > 0',
        to: 'false',
      },
    ],
  },
  {
    name: 'what is reclaimed does not look at the fencing token',
    world: LATE_RENEWAL,
    breaks: /b has lost lock-0, which it believed in alone/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'if (inTheWay.some((other) => other.fencingToken > fencingToken))',
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'the grace is counted from when the lockers came, not from the first batch',
    world: AFTER_A_WHILE,
    breaks: /believe that they hold lock-0/,
    cuts: [
      {
        file: 'memory/epochs.js',
        from: 'until: now + time,',
        // The world begins in an epoch of long ago.
        to: 'until: now < 0 ? now + time : time,',
      },
    ],
  },
  {
    name: 'a grant is reclaimed whose lease is over',
    world: OLD_LETTER,
    breaks: /believe that they hold lock-0/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'until <= this.#data.now || !isFair',
        to: '!isFair',
      },
    ],
  },
  {
    name: 'who takes part in a grant that was given back reclaims it',
    world: TWIN_GAVE_BACK,
    breaks: /believe that they hold lock-0/,
    cuts: [
      {
        file: 'engine/hold/lease.js',
        from: 'new Renew(key, token, fencingToken, ttl, room, this.endAtStore)',
        to: 'new Renew(key, token, fencingToken, ttl, room, this.#deadline.atStore)',
      },
    ],
  },
  {
    name: 'an epoch is the process alone',
    world: COMES_BACK,
    breaks: /believe that they hold lock-0/,
    cuts: [
      {
        file: 'memory/epochs.js',
        from: 'known?.reign !== this.reign',
        to: "known?.reign.split(':')[0] !== this.reign.split(':')[0]",
      },
    ],
  },
  {
    name: 'who was served once more keeps the lock for its ttl',
    world: GIVEN_UP,
    breaks: /waits for more than/,
    cuts: [
      {
        file: 'engine/news.js',
        from: 'if (!this.#holds.neverHad(grant))',
        to: 'if (true)',
      },
    ],
  },
  {
    name: 'who was served once more keeps a permit for its ttl',
    world: PERMIT_GIVEN_UP,
    breaks: /waits for more than/,
    cuts: [
      {
        file: 'engine/settlements.js',
        from: "outcome.kind === 'lost' && outcome.holder?.kind === 'room'",
        to: 'false',
      },
    ],
  },
  {
    name: 'the grace is shorter than a lease',
    world: LOST_AND_WAITED_FOR,
    breaks: /believe that they hold lock-0/,
    cuts: [
      {
        file: 'memory/epochs.js',
        from: 'at({ scope, time }, now) {',
        to: `at({ scope, time: whole }, now) {
        const time = whole / 2;`,
      },
    ],
  },
];
