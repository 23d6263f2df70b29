import { createLocker } from '@holdfast/core';
import { startWorker } from '@holdfast/support';
import type { Commands } from './crowd.js';
import { count } from './number.js';
import { quietTime } from './quiet-time.js';
import { Findings, type Result } from './result.js';
import type { Server } from './server.js';

/** Two intervals of the fallback poll, in ms. */
const QUIET = 10_000;
const CONTENDED = Array.from({ length: 10 }, (_, index) => `load:contended:${index}`);
const ROUNDS = 10;

/** Many lockers, as so many processes would have: each holds a lock, and all contend for some. */
export async function crowd(
  url: string,
  server: Server,
  { lockers, processes }: { readonly lockers: number; readonly processes: number },
): Promise<Result> {
  const module = new URL('./crowd.js', import.meta.url);
  const findings = new Findings();
  const workers = await Promise.all(
    Array.from({ length: processes }, () => startWorker<Commands>(module, [url])),
  );
  try {
    const share = Math.ceil(lockers / processes);
    const names = Array.from({ length: share * processes }, (_, index) => `load:own:${index}`);
    const before = await server.figures();
    const heaps = await each((worker, place) =>
      worker.request('open', names.slice(place * share, (place + 1) * share)),
    );

    await using locker = await createLocker({ url });
    const gate = await Promise.all(CONTENDED.map((name) => locker.acquire(name)));
    await each((worker) => worker.request('contend', CONTENDED, ROUNDS));
    await server.lined(CONTENDED, names.length);
    const standing = await server.figures();
    const quiet = await quietTime(server, workers, QUIET);

    await each((worker) => worker.request('watch'));
    const since = performance.now();
    await Promise.all(gate.map((lock) => lock.release()));
    const stale = sum(await each((worker) => worker.request('contended')));
    const seconds = (performance.now() - since) / 1_000;
    const vitals = await each((worker) => worker.request('vitals'));

    const turns = names.length * ROUNDS;
    const counted = sum(await Promise.all(CONTENDED.map((name) => server.number(`${name}:count`))));
    findings.check(
      `${turns} turns under ${CONTENDED.length} contended locks, none at the same time`,
      counted === turns ? undefined : `${turns - counted} counts were lost`,
    );
    findings.check('with rising fencing tokens', stale === 0 ? undefined : `${stale} fell`);
    const held = (await each((worker) => worker.request('held'))).flat();
    const holders = await server.holders(names);
    const astray = held.filter((value, index) => value === undefined || value !== holders[index]);
    findings.check(
      `${names.length} own locks held throughout, each by its token`,
      astray.length > 0 ? `${astray.length} were not` : undefined,
    );
    const failures = sum(await each((worker) => worker.request('release')));
    findings.check('all given back', failures > 0 ? `${failures} were not` : undefined);
    await locker.close();
    const own = CONTENDED.flatMap((name) => [`${name}:count`, `${name}:seen`]);
    findings.check('no key left', ...(await server.leftovers(own)));

    const connections = standing.connections - before.connections;
    return {
      title: `${count(names.length)} lockers in ${processes} processes`,
      unit: 'locker',
      clientBytes: sum(heaps) / names.length,
      serverBytes: (standing.usedMemory - before.usedMemory) / names.length,
      quiet,
      busiest: Math.max(...vitals.map((one) => one.max)),
      work: `${count(connections)} connections; ${count(turns / seconds)} turns a second`,
      checked: findings.checked,
      faults: findings.faults,
    };
  } finally {
    await each((worker) => worker[Symbol.asyncDispose]());
  }

  function each<T>(
    act: (worker: (typeof workers)[number], place: number) => PromiseLike<T>,
  ): Promise<T[]> {
    return Promise.all(workers.map(act));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
