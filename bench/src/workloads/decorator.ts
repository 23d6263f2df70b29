import { startWorker } from '@holdfast/support';
import { type Spread, spreadOf } from '../measure/statistics.js';
import type { Commands } from '../workers/decorator.js';

const ROUNDS = 9;
const CALLS = 10_000;
const WARM_UP = 10 * CALLS;
const MODULE = new URL('../workers/decorator.js', import.meta.url);

/** What `@Locked` costs over `locker.using`, on a free lock in memory, in microseconds per call. */
export interface Decorator {
  /**
   * In a process where nobody calls a decorated method: as soon as somebody does, the async context
   * is followed, and that costs this call too.
   */
  readonly direct: Spread;
  readonly decorated: Spread;
  /** Decorated less direct, round by round. */
  readonly added: Spread;
}

export async function measureDecorator(rounds: number = ROUNDS): Promise<Decorator> {
  await using plain = await startWorker<Commands>(MODULE);
  await using decorating = await startWorker<Commands>(MODULE);
  await plain.request('direct', WARM_UP);
  await decorating.request('decorated', WARM_UP);
  const direct: number[] = [];
  const decorated: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    direct.push(await plain.request('direct', CALLS));
    decorated.push(await decorating.request('decorated', CALLS));
  }
  return {
    direct: spreadOf(direct),
    decorated: spreadOf(decorated),
    added: spreadOf(decorated.map((time, round) => time - (direct[round] ?? Number.NaN))),
  };
}
