import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '@holdfast/support';
import type { Commands } from './hand-off-worker.js';
import type { Library } from './libraries.js';
import { quantile } from './statistics.js';

const WARM_UP = 5;

/** Between the moment at which one asks and the release by the other, in ms: it stands in line. */
const LINE_UP = 4;

export interface HandOff {
  readonly library: Library;
  readonly count: number;
  /** In ms, from the call of `release` in one process until the other one held the lock. */
  readonly p50: number;
  readonly p99: number;
  /** In ms, of a PING in the same processes, between the hand-offs. */
  readonly pingP50: number;
  /** How many round trips of a PING the median hand-off takes. */
  readonly roundTrips: number;
}

/** How long a lock is nobody's when one process hands it to another one that waits. */
export async function measureHandOff(
  url: string,
  library: Library,
  count: number,
): Promise<HandOff> {
  const lock = `bench:hand-off:${library}`;
  const module = new URL('./hand-off-worker.js', import.meta.url);
  await using left = await startWorker<Commands>(module, [library, url]);
  await using right = await startWorker<Commands>(module, [library, url]);
  const gaps: number[] = [];
  const pings: number[] = [];
  await left.request('take', lock);
  for (let turn = 0; turn < WARM_UP + count; turn += 1) {
    const [holder, waiter] = turn % 2 === 0 ? [left, right] : [right, left];
    const taken = waiter.request('take', lock);
    await sleep(LINE_UP);
    const released = await holder.request('release');
    const held = await taken;
    if (turn < WARM_UP) continue;
    gaps.push(milliseconds(held - released.at));
    pings.push(milliseconds(released.ping));
  }
  const p50 = quantile(gaps, 0.5);
  const pingP50 = quantile(pings, 0.5);
  return {
    library,
    count,
    p50,
    p99: quantile(gaps, 0.99),
    pingP50,
    roundTrips: p50 / pingP50,
  };
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}
