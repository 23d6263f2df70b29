import { startWorker } from '@holdfast/support';
import type { Commands } from './holder.js';
import { count } from './number.js';
import { quietTime } from './quiet-time.js';
import { Findings, type Result } from './result.js';
import type { Server } from './server.js';

/** In ttl periods. */
const HELD_FOR = 3;

/** One process holds many locks, and renews them. */
export async function holdLocks(
  url: string,
  server: Server,
  { locks, ttl }: { readonly locks: number; readonly ttl: number },
): Promise<Result> {
  await using holder = await startWorker<Commands>(new URL('./holder.js', import.meta.url), [url]);
  const findings = new Findings();
  const names = Array.from({ length: locks }, (_, index) => `load:held:${index}`);
  const before = await server.figures();
  const heapBefore = await holder.request('heap');

  await holder.request('watch');
  const since = performance.now();
  await holder.request('hold', names, ttl);
  const seconds = (performance.now() - since) / 1_000;
  const acquiring = await holder.request('vitals');
  const heap = (await holder.request('heap')) - heapBefore;
  const memory = (await server.figures()).usedMemory - before.usedMemory;

  const quiet = await quietTime(server, [holder], HELD_FOR * ttl);

  const held = await holder.request('held');
  const holders = await server.holders(names);
  const astray = held.filter((value, index) => value === undefined || value !== holders[index]);
  findings.check(
    `${names.length} locks held, each by its token, after ${HELD_FOR} ttl periods`,
    astray.length > 0 ? `${astray.length} were not` : undefined,
  );
  await holder.request('watch');
  const failures = await holder.request('release');
  const releasing = await holder.request('vitals');
  findings.check('all given back', failures > 0 ? `${failures} were not` : undefined);
  await holder.request('close');
  findings.check('no key left', ...(await server.leftovers()));

  return {
    title: `${count(locks)} locks held by one process, ttl ${ttl / 1_000} s`,
    unit: 'lock',
    clientBytes: heap / locks,
    serverBytes: memory / locks,
    quiet,
    busiest: Math.max(acquiring.max, releasing.max),
    work: `acquired ${count(locks / seconds)} a second`,
    checked: findings.checked,
    faults: findings.faults,
  };
}
