import { setTimeout as elapse } from 'node:timers/promises';
import type { ServerFault } from './fault.js';

export const SERVER_FAULTS: Readonly<Record<string, ServerFault>> = {
  'Redis shut down': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 1_500],
    async inflict({ redis }, time) {
      await redis.stop();
      await elapse(time);
      await redis.start();
    },
  },
  'Redis killed': {
    effect: 'apart',
    beginsReign: true,
    time: [0, 1_500],
    async inflict({ redis }, time) {
      await redis.kill();
      await elapse(time);
      await redis.start();
    },
  },
  'Redis stopped': {
    effect: 'apart',
    time: [500, 4_000],
    async inflict({ redis }, time) {
      redis.pause();
      await elapse(time);
      redis.resume();
    },
  },
  // Where who listens finds out late, it is passed over until its next poll.
  'planned failover': {
    effect: 'apart',
    beginsReign: true,
    time: [3_000, 3_000],
    async inflict(stage, time) {
      await stage.changePlaces();
      await elapse(time);
    },
  },
  'scripts flushed': {
    effect: 'harmless',
    time: [0, 0],
    async inflict({ observer }) {
      await observer.send('SCRIPT', 'FLUSH');
    },
  },
  'clients killed': {
    effect: 'apart',
    time: [0, 0],
    inflict: ({ observer }) => observer.killClients(),
  },
  'all connections cut': {
    effect: 'apart',
    time: [0, 0],
    async inflict({ network }) {
      await Promise.all(network.urls.map((_, slot) => network.to(slot, 'cut')));
    },
  },
};
