import { createLocker, type Locker } from '@holdfast/core';
import { startCluster } from '@holdfast/support';
import { quantile, type Spread, spreadOf } from '../measure/statistics.js';

/** In ms. */
const WARM_UP = 1_500;
const ROUND_TIME = 300;

/** What it adds to an acquisition of a free lock that one replica must have it. In ms, medians. */
export interface Replicas {
  readonly callers: number;
  readonly without: Spread;
  readonly with: Spread;
}

/** In a cluster of one master with a replica, in turns. */
export async function measureReplicas(
  callers: readonly number[],
  rounds: number,
): Promise<Replicas[]> {
  await using cluster = await startCluster({ masters: 1, replicas: 1 });
  const { url } = cluster;
  const plain = await createLocker({ url });
  const replicated = await createLocker({ url, replicas: 1 });
  try {
    const rows: Replicas[] = [];
    for (const count of callers) {
      await p50(plain, count, WARM_UP);
      await p50(replicated, count, WARM_UP);
      const times = { without: [] as number[], with: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        times.without.push(await p50(plain, count, ROUND_TIME));
        times.with.push(await p50(replicated, count, ROUND_TIME));
      }
      rows.push({
        callers: count,
        without: spreadOf(times.without),
        with: spreadOf(times.with),
      });
    }
    return rows;
  } finally {
    await Promise.all([plain.close(), replicated.close()]);
  }
}

async function p50(locker: Locker, callers: number, time: number): Promise<number> {
  const end = performance.now() + time;
  const took: number[] = [];
  const call = async (place: number): Promise<void> => {
    while (performance.now() < end) {
      const begin = performance.now();
      const lock = await locker.acquire(`replicas:${place}`);
      took.push(performance.now() - begin);
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, place) => call(place)));
  return quantile(took, 0.5);
}
