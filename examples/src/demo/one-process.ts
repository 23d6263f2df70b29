import { subscribe } from 'node:diagnostics_channel';
import { createLocker, type DiagnosticMessages, memoryStore } from '@holdfast/core';
import type { Report, Start } from './crew.js';
import { type Moment, now } from './moments.js';
import { labour, perform } from './perform.js';

/**
 * Actors that are lockers of this one process, on one memory store: for when there is no Redis.
 *
 * One of them alone cannot be killed, so a crash is played: the actor stops for good with the lock
 * in its hands, and gives nothing back.
 */
export function oneProcess(report: Report): Start {
  const store = memoryStore();
  const holders = new Map<string, string>();
  const hear = (moment: Moment): void => {
    if (moment.kind === 'held') holders.set(moment.lock, moment.who);
    report(moment);
  };
  subscribe('holdfast:renewal', (message) => {
    const { lockName: lock, outcome } = message as DiagnosticMessages['holdfast:renewal'];
    const who = holders.get(lock);
    if (who !== undefined && outcome === 'renewed') hear({ kind: 'renewed', who, lock, at: now() });
  });
  return async (who) => {
    const locker = await createLocker({ store });
    const { signal: death, die } = mortality(who);
    // Whoever is dead neither ends its work nor notices that the lock is lost.
    const act: typeof labour = (task, lock) =>
      new Promise((resolve, reject) => {
        labour(task, lock).then(
          () => death.aborted || resolve(),
          (error: unknown) => death.aborted || reject(error as Error),
        );
      });
    return {
      who,
      work(task) {
        // The lease of a dead process is renewed no more; here only long work is renewed at all.
        const renew = task.work > task.ttl;
        const killed = new Promise<never>((_, reject) => {
          death.addEventListener('abort', () => reject(death.reason as Error));
        });
        return Promise.race([perform(locker, who, task, hear, { renew, act }), killed]);
      },
      async kill() {
        hear({ kind: 'killed', who, at: now() });
        die();
      },
      [Symbol.asyncDispose]: () => locker.close(),
    };
  };
}

function mortality(who: string): { signal: AbortSignal; die: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, die: () => controller.abort(new Error(`${who} stopped.`)) };
}
