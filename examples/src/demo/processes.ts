import { startWorker } from '@holdfast/support';
import type { Report, Start } from './crew.js';
import { now } from './moments.js';
import type { Commands, Told } from './worker.js';

/** Actors that are processes of their own, on one Redis. */
export function processes(url: string, keyPrefix: string, report: Report): Start {
  const module = new URL('./worker.js', import.meta.url);
  return async (who) => {
    const worker = await startWorker<Commands, Told>(module, [who, url, keyPrefix]);
    const listen = async (): Promise<void> => {
      for (;;) report(await worker.event('moment'));
    };
    // Rejects when the process has ended and all that it said has been heard.
    listen().catch(() => {});
    return {
      who,
      work: (task) => worker.request('work', task),
      async kill() {
        report({ kind: 'killed', who, at: now() });
        worker.kill('SIGKILL');
        await worker.exited;
      },
      [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
    };
  };
}
