import { setTimeout as elapse } from 'node:timers/promises';
import type { Direction } from '@holdfast/support';
import type { WorkerFault } from './fault.js';

export const NETWORK_FAULTS: Readonly<Record<string, WorkerFault>> = {
  'connections cut': {
    effect: 'apart',
    time: [0, 0],
    inflict: ({ network }, slot) => network.to(slot, 'cut'),
  },
  'connections delayed': {
    effect: 'apart',
    time: [1_500, 5_000],
    async inflict({ network }, slot, time) {
      // The longer it lasts, the shorter the delay: from 50 to 250 ms in each direction.
      await network.to(slot, 'delay', Math.round(50 + (5_000 - time) / 17.5));
      await elapse(time);
      await network.heal(slot);
    },
  },
  'requests held back': hung('up'),
  'answers held back': hung('down'),
  'both held back': hung(undefined),
  'half-open, then cut': {
    effect: 'apart',
    time: [800, 3_000],
    async inflict({ network }, slot, time) {
      await network.to(slot, 'hang', 'down');
      await elapse(time);
      await network.to(slot, 'cut');
      await network.heal(slot);
    },
  },
  'connections refused': {
    effect: 'apart',
    time: [500, 3_000],
    async inflict({ network }, slot, time) {
      await network.to(slot, 'refuse');
      await network.to(slot, 'cut');
      await elapse(time);
      await network.heal(slot);
    },
  },
};

/** What was held back arrives in the end, though nobody may wait for it any more. */
function hung(direction: Direction | undefined): WorkerFault {
  return {
    effect: 'apart',
    time: [800, 5_000],
    async inflict({ network }, slot, time) {
      await network.to(slot, 'hang', direction);
      await elapse(time);
      await network.heal(slot);
    },
  };
}
