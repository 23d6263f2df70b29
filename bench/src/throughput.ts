import type { Contender } from './contender.js';
import { holdfast } from './holdfast.js';
import { oneCommandEach } from './one-command.js';
import { type Spread, spreadOf } from './statistics.js';

const ROUNDS = 7;
const ROUND_TIME = 300;
const WARM_UP = 300;

export interface Throughput {
  readonly callers: number;
  /** Cycles of acquire and release, per second. */
  readonly oneCommandEach: Spread;
  readonly holdfast: Spread;
  /** Of the rounds, each divided by its neighbour: what slows the machine down slows both. */
  readonly ratio: Spread;
}

/** Cycles per second of so many callers in this process, each on a lock of its own. */
export async function measureThroughput(url: string, callers: number): Promise<Throughput> {
  await using theirs = await oneCommandEach(url);
  await using ours = await holdfast(url);
  await run(theirs, callers, WARM_UP);
  await run(ours, callers, WARM_UP);
  const rounds: { readonly theirs: number; readonly ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Each comes first every other time.
    const first = round % 2 === 0 ? theirs : ours;
    const a = await run(first, callers, ROUND_TIME);
    const b = await run(first === theirs ? ours : theirs, callers, ROUND_TIME);
    rounds.push(first === theirs ? { theirs: a, ours: b } : { theirs: b, ours: a });
  }
  return {
    callers,
    oneCommandEach: spreadOf(rounds.map((round) => round.theirs)),
    holdfast: spreadOf(rounds.map((round) => round.ours)),
    ratio: spreadOf(rounds.map((round) => round.ours / round.theirs)),
  };
}

async function run(contender: Contender, callers: number, time: number): Promise<number> {
  const start = performance.now();
  const end = start + time;
  let cycles = 0;
  const caller = async (place: number): Promise<void> => {
    const key = `bench:${place}`;
    while (performance.now() < end) {
      await contender.cycle(key);
      cycles += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, place) => caller(place)));
  return (cycles * 1_000) / (performance.now() - start);
}
