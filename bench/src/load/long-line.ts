import { createLocker } from '@holdfast/core';
import { startWorker } from '@holdfast/support';
import { count } from './number.js';
import { quietTime } from './quiet-time.js';
import { Findings, type Result } from './result.js';
import type { Server } from './server.js';
import type { Commands, Turn } from './waiter.js';

/** Two intervals of the fallback poll, in ms. */
const QUIET = 10_000;

/** Many waiters on one lock, in one process or several, come to their turns. */
export async function drainLine(
  url: string,
  server: Server,
  { waiters, processes }: { readonly waiters: number; readonly processes: number },
): Promise<Result> {
  const lockName = 'load:line';
  const module = new URL('./waiter.js', import.meta.url);
  const findings = new Findings();
  const workers = await Promise.all(
    Array.from({ length: processes }, () => startWorker<Commands>(module, [url])),
  );
  try {
    await using locker = await createLocker({ url });
    const lock = await locker.acquire(lockName);
    const before = await server.figures();
    await all(workers, (worker) => worker.request('wait', lockName, waiters / processes));
    await server.lined([lockName], waiters);
    const heaps = await all(workers, (worker) => worker.request('heap'));
    const memory = (await server.figures()).usedMemory - before.usedMemory;

    const quiet = await quietTime(server, workers, QUIET);

    const line = await server.line(lockName);
    await all(workers, (worker) => worker.request('watch'));
    const since = performance.now();
    await lock.release();
    const turns = (await all(workers, (worker) => worker.request('turns'))).flat();
    const seconds = (performance.now() - since) / 1_000;
    const vitals = await all(workers, (worker) => worker.request('vitals'));
    findOut(findings, line, turns, waiters);
    await all(workers, (worker) => worker.request('close'));
    findings.check('no key left', ...(await server.leftovers()));

    return {
      title: `${count(waiters)} waiters on one lock, in ${plural(processes)}`,
      unit: 'waiter',
      clientBytes: sum(heaps) / waiters,
      serverBytes: memory / waiters,
      quiet,
      busiest: Math.max(...vitals.map((one) => one.max)),
      work: `drained with ${count(waiters / seconds)} hand-offs a second`,
      checked: findings.checked,
      faults: findings.faults,
    };
  } finally {
    await all(workers, (worker) => worker[Symbol.asyncDispose]());
  }
}

function findOut(
  findings: Findings,
  line: readonly string[],
  turns: readonly Turn[],
  waiters: number,
): void {
  const inTime = turns.toSorted((one, other) => (one.at < other.at ? -1 : 1));
  findings.check(
    `${waiters} waiters had their turn`,
    turns.length === waiters ? undefined : `${turns.length} had`,
  );
  const outOfTurn = inTime.filter(({ token }, place) => token !== line[place]).length;
  findings.check('in the order of the line', outOfTurn === 0 ? undefined : `${outOfTurn} were not`);
  const falls = inTime.filter(({ fencingToken }, place) => {
    const former = inTime[place - 1];
    return former !== undefined && fencingToken <= former.fencingToken;
  }).length;
  findings.check('with rising fencing tokens', falls === 0 ? undefined : `${falls} fell`);
}

function all<W, T>(workers: readonly W[], act: (worker: W) => PromiseLike<T>): Promise<T[]> {
  return Promise.all(workers.map(act));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function plural(processes: number): string {
  return processes === 1 ? 'one process' : `${processes} processes`;
}
