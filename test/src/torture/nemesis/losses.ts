import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import type { RedisServer } from '@holdfast/support';
import { APPENDED, FORGETFUL } from '../stage/keeping.js';
import type { Stage } from '../stage/stage.js';
import type { ServerFault } from './fault.js';

/** Does it, and leaves of its files what is to be left; what it returns are options for the next start. */
type Kill = (redis: RedisServer, time: number) => Promise<readonly string[] | undefined>;

/** How long a server is away, in ms. */
const DOWN = [0, 1_500] as const;

/** The ways in which a server loses what it had told of, by their names in the table. */
export const LOSSES: Readonly<Record<string, ServerFault>> = {
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
      await rm(join(redis.directory, name), { recursive: true, force: true });
    }
    return undefined;
  }),
  flushall: {
    effect: 'apart',
    time: [0, 0],
    beginsReign: true,
    async inflict({ observer }) {
      await observer.send('FLUSHALL');
    },
  },
  /** The replica has been without what the master wrote, and takes its place when that dies. */
  failover: {
    effect: 'apart',
    time: [500, 1_500],
    beginsReign: true,
    inflict: (stage, time) => stage.failOver(time),
  },
};

function killed(time: ServerFault['time'], kill: Kill): ServerFault {
  return {
    effect: 'apart',
    time,
    beginsReign: true,
    async inflict({ redis, observer }: Stage, duration) {
      const args = await kill(redis, duration);
      await redis.start([...FORGETFUL, ...(args ?? [])]);
      // What it came up without is kept again.
      if (args !== undefined) await observer.send('CONFIG', 'SET', 'appendonly', 'yes');
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
