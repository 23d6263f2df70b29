import { setTimeout as elapse } from 'node:timers/promises';
import type { WorkerFault } from './fault.js';

export const PROCESS_FAULTS: Readonly<Record<string, WorkerFault>> = {
  'worker killed': {
    effect: 'apart',
    time: [0, 0],
    inflict: ({ crew }, slot) => crew.kill(slot),
  },
  'worker stopped': {
    effect: 'still',
    time: [500, 4_500],
    async inflict({ crew }, slot, time) {
      crew.at(slot).pause();
      await elapse(time);
      crew.at(slot).resume();
    },
  },
  'event loop stalled': {
    effect: 'still',
    time: [300, 3_500],
    inflict: ({ crew }, slot, time) => crew.at(slot).request('stall', time),
  },
  'locker closed': {
    effect: 'apart',
    time: [0, 0],
    inflict: ({ crew }, slot) => crew.dismiss(slot),
  },
};
