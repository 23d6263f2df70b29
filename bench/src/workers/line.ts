import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { nodeRedis } from '../contestants/clients.js';
import type { Contestant, Held } from '../contestants/contestant.js';

/** One waiter's turn. Times are nanoseconds of the machine's monotonic clock. */
export interface Turn {
  /** Its place in the order of arrival. */
  readonly place: number;
  readonly granted: bigint;
  /** When release was called. */
  readonly released: bigint;
  /** What a PING took during the hold; absent: none was sent. */
  readonly ping: bigint | undefined;
}

export type Line = {
  /** Takes the lock, so that others wait for it; one of its places, if it has several. */
  occupy(lock: string): Promise<void>;
  /** Lets go of all that it took so; says when that was called. */
  vacate(): bigint;
  /**
   * Waiters come, in this order; each holds the lock for so many ms. If `exact`, it looks at the clock,
   * which takes a processor.
   */
  arrive(
    lock: string,
    places: readonly number[],
    hold: number,
    ping: boolean,
    exact?: boolean,
  ): void;
  /** How many of this process's waiters had the lock and gave it back. */
  served(): number;
  /** Of all of this process's waiters, once the last one has given the lock back. */
  turns(): Promise<Turn[]>;
};

const MILLISECOND = 1_000_000n;

/** A failure is told at once, though the turns are only asked for later. */
export function serveLine(
  contestant: Contestant,
  url: string,
  fail: (error: unknown) => void,
): Line {
  const client = nodeRedis(url);
  const waiters: Promise<Turn>[] = [];
  const occupied: Held[] = [];
  let served = 0;

  const wait = async (
    lock: string,
    place: number,
    hold: number,
    ping: boolean,
    exact: boolean,
  ): Promise<Turn> => {
    const held = await contestant.acquire(lock);
    const granted = process.hrtime.bigint();
    const took = ping ? await pingDuring(hold) : undefined;
    await (exact ? until(granted + BigInt(hold) * MILLISECOND) : sleep(hold));
    const released = process.hrtime.bigint();
    await held.release();
    served += 1;
    return { place, granted, released, ping: took };
  };
  /** Like the next waiter, this process has been idle for a moment before. */
  const pingDuring = async (hold: number): Promise<bigint> => {
    await sleep(hold / 2 - 0.5);
    const start = process.hrtime.bigint();
    await (await client).ping();
    return process.hrtime.bigint() - start;
  };
  return {
    async occupy(lock) {
      occupied.push(await contestant.acquire(lock));
    },
    vacate() {
      const released = process.hrtime.bigint();
      for (const held of occupied.splice(0)) held.release().catch(fail);
      return released;
    },
    arrive(lock, places, hold, ping, exact = true) {
      for (const place of places) {
        const turn = wait(lock, place, hold, ping, exact);
        turn.catch(fail);
        waiters.push(turn);
      }
    },
    served: () => served,
    turns: () => Promise.all(waiters.splice(0)),
  };
}

/** Sleeps as long as timers can be trusted with, then looks at the clock: a hold of 5 ms is 5 ms. */
async function until(due: bigint): Promise<void> {
  for (;;) {
    const left = due - process.hrtime.bigint();
    if (left <= 0n) return;
    await (left > 2n * MILLISECOND ? sleep(1) : breathe());
  }
}
