import { setTimeout as elapse } from 'node:timers/promises';
import type { Topology } from '../stage/servers.js';
import type { Fault, ServerFault } from './fault.js';
import { DATA_FAULTS, SERVER_FAULTS } from './server-faults.js';

/** Only in a cluster. No write is lost. */
const RESHARDING: Readonly<Record<string, ServerFault>> = {
  'slot moved': {
    effect: 'apart',
    time: [0, 1_500],
    async inflict({ servers }, time) {
      await servers.moveSlots?.(1, time);
      await servers.settled();
    },
  },
  'many slots moved': {
    effect: 'apart',
    time: [0, 500],
    async inflict({ servers }, time) {
      await servers.moveSlots?.(5, time);
      await servers.settled();
    },
  },
};

/** Another one becomes the master, and whatever it has not got is lost. */
const TAKE_OVERS: Readonly<Record<string, ServerFault>> = {
  'master killed and replaced': {
    effect: 'apart',
    time: [0, 1_500],
    async inflict({ servers }, time) {
      const master = servers.next();
      await master.kill();
      await servers.replaced?.(master);
      await elapse(time);
      await master.start();
      await servers.settled();
    },
  },
  // When it goes on it takes itself for a master, for a while.
  'master stopped and replaced': {
    effect: 'apart',
    time: [0, 4_000],
    async inflict({ servers }, time) {
      const master = servers.next();
      master.pause();
      await servers.replaced?.(master);
      master.resume();
      await elapse(time);
      await servers.settled();
    },
  },
  'failover by force': {
    effect: 'apart',
    time: [0, 1_500],
    async inflict({ servers }, time) {
      await servers.takeOver?.();
      await elapse(time);
      await servers.settled();
    },
  },
};

/** All that can be done to the servers, by name. */
export const COMMON_FAULTS: Readonly<Record<string, ServerFault>> = {
  ...SERVER_FAULTS,
  ...RESHARDING,
  ...DATA_FAULTS,
  ...TAKE_OVERS,
};

/** What is done where. */
export function faultsAt(topology: Topology, losesData: boolean): Readonly<Record<string, Fault>> {
  return {
    ...SERVER_FAULTS,
    ...(topology === 'cluster' ? RESHARDING : {}),
    ...(losesData ? DATA_FAULTS : {}),
    ...(losesData && topology !== 'single' ? TAKE_OVERS : {}),
  };
}
