import { setTimeout as elapse } from 'node:timers/promises';
import type { Topology } from '../stage/servers.js';
import type { ServerFault } from './fault.js';

/** After these no write is lost where the servers keep their data. */
const SERVER_FAULTS: Readonly<Record<string, ServerFault>> = {
  'Redis shut down': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 1_500],
    async inflict({ servers }, time) {
      const redis = servers.next();
      await redis.stop();
      await elapse(time);
      await servers.revive(redis);
      await servers.settled();
    },
  },
  'Redis killed': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 1_500],
    async inflict({ servers }, time) {
      const redis = servers.next();
      await redis.kill();
      await elapse(time);
      await servers.revive(redis);
      await servers.settled();
    },
  },
  'Redis stopped': {
    effect: 'apart',
    time: [500, 4_000],
    async inflict({ servers }, time) {
      const redis = servers.next();
      redis.pause();
      await elapse(time);
      redis.resume();
      await servers.settled();
    },
  },
  // Where who listens finds out late, it is passed over until its next poll.
  'planned failover': {
    effect: 'apart',
    beginsReign: true,
    time: [3_000, 3_000],
    async inflict({ servers, network }, time) {
      await servers.changePlaces(network);
      await elapse(time);
      await servers.settled();
    },
  },
  'scripts flushed': {
    effect: 'harmless',
    time: [0, 0],
    async inflict({ servers }) {
      await Promise.all(servers.observers.map((one) => one.send('SCRIPT', 'FLUSH')));
    },
  },
  'clients killed': {
    effect: 'apart',
    time: [0, 0],
    async inflict({ servers }) {
      await Promise.all(servers.observers.map((one) => one.killClients()));
    },
  },
  'all connections cut': {
    effect: 'apart',
    time: [0, 0],
    async inflict({ network }) {
      await Promise.all(network.doors.map((_, slot) => network.to(slot, 'cut')));
    },
  },
};

/** Only in a cluster; no write is lost either. */
const RESHARDING: Readonly<Record<string, ServerFault>> = {
  'slot moved': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 1_500],
    async inflict({ servers }, time) {
      await servers.moveSlots?.(1, time);
      await servers.settled();
    },
  },
  'many slots moved': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 500],
    async inflict({ servers }, time) {
      await servers.moveSlots?.(5, time);
      await servers.settled();
    },
  },
};

export function serverFaultsAt(topology: Topology): Readonly<Record<string, ServerFault>> {
  return topology === 'cluster' ? { ...SERVER_FAULTS, ...RESHARDING } : SERVER_FAULTS;
}
