import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock, Locker } from '@holdfast/core';
import type { Report } from './crew.js';
import { now, type Task } from './moments.js';

/** Work takes its time, and stops when its lock is lost. */
export async function labour({ work }: Task, { signal }: Lock): Promise<void> {
  await sleep(work, undefined, { signal });
}

/** What every actor does, wherever it runs: the library's way of doing it. */
export async function perform(
  locker: Locker,
  who: string,
  task: Task,
  report: Report,
  { renew, act }: { readonly renew: boolean; readonly act: typeof labour },
): Promise<void> {
  const { lock: name, ttl } = task;
  report({ kind: 'asked', who, lock: name, at: now() });
  await using lock = await locker.acquire(name, { ttl, renew });
  const { fencingToken } = lock;
  report({ kind: 'held', who, lock: name, at: now(), fencingToken });
  await act(task, lock);
  report({ kind: 'done', who, lock: name, at: now() });
}
