import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import type { RedisServer } from '@holdfast/support';
import { Observer } from '../../faults/observer.js';
import { APPENDED } from '../stage/keeping.js';
import type { Topology } from '../stage/servers.js';
import type { ServerFault } from './fault.js';

/** Does it, and leaves of its files what is to be left; what it returns are options for the next start. */
type Kill = (redis: RedisServer, time: number) => Promise<readonly string[] | undefined>;

/** How long a server is away, in ms. */
const DOWN = [0, 1_500] as const;

/** A node of a cluster keeps there who is who: without that it is none. */
const NODES = 'nodes.conf';

/** The ways in which a server loses what it had told of, by their names in the table. */
const LOSSES: Readonly<Record<string, ServerFault>> = {
  /**
   * A process that is killed has given all to its machine. So that it is as if that had lost its power, the
   * files are cut to what they were up to a second before.
   */
  everysec: killed([500, 1_000], async (redis, time) => {
    const synced = await lengthsOf(redis);
    await elapse(time);
    await redis.kill();
    for (const [path, length] of await lengthsOf(redis)) {
      if (length > (synced.get(path) ?? length)) await truncate(path, synced.get(path));
    }
    return undefined;
  }),
  snapshots: killed(DOWN, async (redis, time) => {
    await redis.kill();
    await elapse(time);
    await rm(join(redis.directory, APPENDED), { recursive: true, force: true });
    return ['--appendonly', 'no'];
  }),
  'nothing-kept': killed(DOWN, async (redis, time) => {
    await redis.kill();
    await elapse(time);
    for (const name of await readdir(redis.directory)) {
      if (name === NODES) continue;
      await rm(join(redis.directory, name), { recursive: true, force: true });
    }
    return undefined;
  }),
  flushall: {
    effect: 'apart',
    time: [0, 0],
    beginsReign: true,
    async inflict({ servers }) {
      await Promise.all(servers.observers.map((one) => one.send('FLUSHALL')));
    },
  },
};

/** The replica has been without what the master wrote, and takes its place when that dies. */
const FAILOVER: Readonly<Record<string, ServerFault>> = {
  failover: {
    effect: 'apart',
    time: [500, 1_500],
    beginsReign: true,
    async inflict({ servers, network }, time) {
      await servers.failOver?.(network, time);
    },
  },
};

/** Nodes of a cluster, or sentinels, make a replica the master. What it has not got is lost. */
const TAKE_OVERS: Readonly<Record<string, ServerFault>> = {
  'killed-and-replaced': {
    effect: 'apart',
    time: DOWN,
    beginsReign: true,
    async inflict({ servers }, time) {
      const master = servers.next();
      await master.kill();
      await servers.replaced?.(master);
      await elapse(time);
      await servers.revive(master);
      await servers.settled();
    },
  },
  // When it goes on it takes itself for a master, for a while.
  'stopped-and-replaced': {
    effect: 'apart',
    time: [0, 4_000],
    beginsReign: true,
    async inflict({ servers }, time) {
      const master = servers.next();
      master.pause();
      await servers.replaced?.(master);
      master.resume();
      await elapse(time);
      await servers.settled();
    },
  },
  'forced-failover': {
    effect: 'apart',
    time: DOWN,
    beginsReign: true,
    async inflict({ servers }, time) {
      await servers.takeOver?.();
      await elapse(time);
      await servers.settled();
    },
  },
};

export function lossesAt(topology: Topology): Readonly<Record<string, ServerFault>> {
  return { ...LOSSES, ...(topology === 'single' ? FAILOVER : TAKE_OVERS) };
}

function killed(time: ServerFault['time'], kill: Kill): ServerFault {
  return {
    effect: 'apart',
    time,
    beginsReign: true,
    async inflict({ servers }, duration) {
      const redis = servers.next();
      const args = await kill(redis, duration);
      await servers.revive(redis, args);
      // What it came up without is kept again.
      if (args !== undefined) {
        await using observer = await Observer.open(redis.url);
        await observer.send('CONFIG', 'SET', 'appendonly', 'yes');
      }
      await servers.settled();
    },
  };
}

/** Of all that the server appends to. */
async function lengthsOf({ directory }: RedisServer): Promise<Map<string, number>> {
  const folder = join(directory, APPENDED);
  const lengths = new Map<string, number>();
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.incr.aof')) continue;
    const path = join(folder, name);
    lengths.set(path, (await stat(path)).size);
  }
  return lengths;
}
