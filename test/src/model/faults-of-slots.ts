import type { Fault } from './faults.js';
import { MOVING, MOVING_TWO_WAIT } from './shapes-of-slots.js';

/** The ways in which a slot that moves can be got wrong. */
export const FAULTS_OF_SLOTS: readonly Fault[] = [
  {
    name: 'a lock is handed off where its slot is on its way to',
    world: { ...MOVING, cluster: { careless: 'asks for all' } },
    breaks: /can be reached, and was passed over|did not rise|for more than|left standing/,
    cuts: [],
  },
  {
    name: 'the clock of a slot is made anew where it goes',
    world: { ...MOVING, cluster: { careless: 'new clock' } },
    breaks: /the fencing token of lock-0 did not rise/,
    cuts: [],
  },
  {
    name: 'nobody is told that its slot has another master',
    world: { ...MOVING_TWO_WAIT, cluster: { careless: 'silent move' } },
    breaks: /somebody waits for more than/,
    cuts: [],
  },
  {
    name: 'a waiter that came along with its slot is handed the lock before it listens there',
    world: MOVING,
    breaks: /was given to b\/1, who was not told/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'const heard = token === asker || this.#channels.listens(lockerIdOf(token));',
        to: 'const heard = true;',
      },
    ],
  },
];
