/** One process of the demo. Arguments: its name, the Redis URL, the key prefix. */
import { subscribe } from 'node:diagnostics_channel';
import { createLocker, type DiagnosticMessages } from '@holdfast/core';
import { serveWorker } from '@holdfast/support';
import { type Moment, now, type Task } from './moments.js';
import { labour, perform } from './perform.js';

export type Commands = { work(task: Task): Promise<void> };
export type Told = { readonly moment: Moment };

const [, , who = '', url, keyPrefix] = process.argv;
const locker = await createLocker({ url, keyPrefix });

const handlers: Commands = {
  work: (task) => perform(locker, who, task, report, { renew: true, act: labour }),
};
const parent = serveWorker<Told>(handlers);

function report(moment: Moment): void {
  parent.emit('moment', moment);
}

subscribe('holdfast:renewal', (message) => {
  const { lockName: lock, outcome } = message as DiagnosticMessages['holdfast:renewal'];
  if (outcome === 'renewed') report({ kind: 'renewed', who, lock, at: now() });
});
