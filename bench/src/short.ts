import { BARE_NODE_REDIS, entryNamed, HOLDFAST } from './contestants/roster.js';
import type { Mark } from './marks/mark.js';
import { shortMarksOf } from './marks/short.js';
import { measureDistinctLocks } from './workloads/distinct-locks.js';
import { measureLongLine } from './workloads/long-line.js';
import { measureOneLock } from './workloads/one-lock.js';
import { withRedis } from './with-redis.js';

const CALLERS = [1, 256];
const WAITERS = [10, 100];
const ROUNDS = 4;
/** In ms. */
const REHEARSAL = { rush: 2_000, rehearsal: 1_000 };

/** Holdfast and the bare commands alone, and only what does not depend on the machine. */
export function runShort(): Promise<Mark[]> {
  return withRedis(async (server) => {
    const setting = { ...server, rounds: ROUNDS };
    const ours = [entryNamed(HOLDFAST)];
    const both = [...ours, entryNamed(BARE_NODE_REDIS)];
    const distinctLocks = [];
    for (const callers of CALLERS) {
      distinctLocks.push(await measureDistinctLocks(setting, both, callers));
    }
    const oneLock = await measureOneLock(setting, ours, REHEARSAL);
    const longLine = [];
    for (const waiters of WAITERS) {
      longLine.push(await measureLongLine(server, ours, waiters, { quietTime: false }));
    }
    return shortMarksOf({ distinctLocks, oneLock, longLine });
  });
}
