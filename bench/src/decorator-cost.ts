import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { type Spread, spreadOf } from './statistics.js';

const ROUNDS = 9;
const CALLS = 10_000;

export interface DecoratorCost {
  /** Microseconds for a call of `locker.using`, as long as nobody has called a decorated method. */
  readonly before: Spread;
  /** The same, beside calls of decorated methods: following the async context costs all a little. */
  readonly direct: Spread;
  /** Microseconds for a call of a decorated method. */
  readonly decorated: Spread;
  /** Of the rounds, the decorated call divided by its neighbour. */
  readonly ratio: Spread;
  /** Microseconds that a decorated call takes longer than `locker.using` took before. */
  readonly cost: number;
}

class Service {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  async work(id: number): Promise<number> {
    return id;
  }

  direct(id: number): Promise<number> {
    return this.locker.using(`bench:${id}`, () => this.work(id));
  }

  @Locked('bench:{0}')
  async decorated(id: number): Promise<number> {
    return this.work(id);
  }
}

/** What `@Locked` costs over a direct call, in one process, on a lock in memory that is free. */
export async function measureDecoratorCost(): Promise<DecoratorCost> {
  await using locker = await createLocker({ store: memoryStore() });
  const service = new Service(locker);
  const direct = (): Promise<number> => run((id) => service.direct(id));
  const decorated = (): Promise<number> => run((id) => service.decorated(id));
  const before: number[] = [];
  await direct();
  for (let round = 0; round < ROUNDS; round += 1) before.push(await direct());
  await decorated();
  const rounds: { readonly direct: number; readonly decorated: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ direct: await direct(), decorated: await decorated() });
  }
  const spread = spreadOf(rounds.map((round) => round.decorated));
  return {
    before: spreadOf(before),
    direct: spreadOf(rounds.map((round) => round.direct)),
    decorated: spread,
    ratio: spreadOf(rounds.map((round) => round.decorated / round.direct)),
    cost: spread.median - spreadOf(before).median,
  };
}

/** Microseconds for one call. */
async function run(call: (id: number) => Promise<number>): Promise<number> {
  const start = performance.now();
  for (let id = 0; id < CALLS; id += 1) await call(id);
  return ((performance.now() - start) * 1_000) / CALLS;
}
