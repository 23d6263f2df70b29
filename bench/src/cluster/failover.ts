import { setTimeout as sleep } from 'node:timers/promises';
import { createLocker, type Locker } from '@holdfast/core';
import { startCluster } from '@holdfast/support';
import { nodeRedis } from '../contestants/clients.js';
import { type Spread, spreadOf } from '../measure/statistics.js';

const LOCKERS = 5;
const WAITERS = 50;
/** So long each has the lock, in ms. */
const HOLD = 5;
/** Between two tries to write at the new master, in ms. */
const PACE = 2;
/** Until the line is under way, and until nobody can still be on the way, in ms. */
const SETTLING = 500;
const LIMIT = 30_000;

/** What 50 who wait for one lock, again and again, see of a master that is killed. */
export interface Failover {
  /** From the first write that the new master accepts until the first grant, in ms. */
  readonly firstGrant: Spread;
  /** From the kill until that write, in ms: the cluster's own time. */
  readonly election: Spread;
  /** Calls that were rejected, or not answered, in all rounds. */
  readonly lost: number;
}

export async function measureFailover(rounds: number): Promise<Failover> {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) all.push(await failOver());
  return {
    firstGrant: spreadOf(all.map(({ firstGrant }) => firstGrant)),
    election: spreadOf(all.map(({ election }) => election)),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
  };
}

interface Round {
  readonly firstGrant: number;
  readonly election: number;
  readonly lost: number;
}

async function failOver(): Promise<Round> {
  await using cluster = await startCluster({ masters: 3, replicas: 3 });
  const [master, other, , replica] = cluster.nodes;
  if (master === undefined || other === undefined || replica === undefined) {
    throw new Error('The cluster has not the nodes that were asked for.');
  }
  const url = other.url;
  const lockers = await Promise.all(Array.from({ length: LOCKERS }, () => createLocker({ url })));
  const witness = await nodeRedis(replica.url);
  try {
    // In slot 1, which the first master has.
    const name = 'failover:{d9C}';
    const grants: number[] = [];
    let [isOver, lost, waiting] = [false, 0, 0];
    const call = async (locker: Locker): Promise<void> => {
      while (!isOver) {
        waiting += 1;
        try {
          const lock = await locker.acquire(name, { onOutage: 'wait' });
          grants.push(performance.now());
          await sleep(HOLD);
          // Some of what the master took last was not copied: that lock is lost, and its line is not.
          await lock.release().catch(() => {});
        } catch {
          lost += 1;
        }
        waiting -= 1;
      }
    };
    const calls = Promise.all(
      Array.from({ length: WAITERS }, (_, place) => call(lockers[place % LOCKERS] as Locker)),
    );
    await sleep(SETTLING);
    const killed = performance.now();
    await master.kill();
    let accepted: number | undefined;
    while (accepted === undefined) {
      const begin = performance.now();
      await witness.set('witness:{d9C}', '').then(
        () => {
          accepted = begin;
        },
        () => sleep(PACE),
      );
    }
    const first = accepted;
    while (!grants.some((moment) => moment > first) && performance.now() < first + LIMIT) {
      await sleep(PACE);
    }
    const firstGrant = (grants.find((moment) => moment > first) ?? Infinity) - first;
    await sleep(SETTLING);
    isOver = true;
    await Promise.race([calls, sleep(LIMIT, undefined, { ref: false })]);
    return { firstGrant, election: first - killed, lost: lost + waiting };
  } finally {
    witness.destroy();
    await Promise.all(lockers.map((locker) => locker.close()));
  }
}
