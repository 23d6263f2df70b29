import { setTimeout as elapse } from 'node:timers/promises';
import type { ServerFault } from './fault.js';

/** After which no write is lost where the servers keep their data. */
export const SERVER_FAULTS: Readonly<Record<string, ServerFault>> = {
  'Redis shut down': {
    effect: 'apart',
    time: [0, 1_500],
    async inflict({ servers }, time) {
      const redis = servers.next();
      await redis.stop();
      await elapse(time);
      await redis.start();
      await servers.settled();
    },
  },
  'Redis killed': {
    effect: 'apart',
    time: [0, 1_500],
    async inflict({ servers }, time) {
      const redis = servers.next();
      await redis.kill();
      await elapse(time);
      await redis.start();
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

/** Only where the server loses its data anyway. */
export const DATA_FAULTS: Readonly<Record<string, ServerFault>> = {
  'data flushed': {
    effect: 'apart',
    time: [0, 0],
    async inflict({ servers }) {
      await Promise.all(servers.observers.map((one) => one.send('FLUSHALL')));
    },
  },
};
