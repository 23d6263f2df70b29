/** A process with one contestant, as an instance of a service. Arguments: its name, the Redis URL. */
import { serveWorker } from '@holdfast/support';
import { CLUSTERED } from '../contestants/clustered.js';
import { GRACED } from '../contestants/graced.js';
import { entryNamed, ROSTER } from '../contestants/roster.js';
import { SHARERS } from '../contestants/sharers.js';
import { type Callers, serveCallers } from './callers.js';
import { type Holders, serveHolders } from './holders.js';
import { type Line, serveLine } from './line.js';

export type Commands = Callers & Holders & Line;

/** Something went wrong that no call has thrown. */
export type Told = { readonly failed: string };

const [, , name = '', url = ''] = process.argv;
const entry = entryNamed(name, [...ROSTER, ...SHARERS, ...CLUSTERED, ...GRACED]);
// Peers warn for each lock that they lose. What is lost is counted, by us.
console.warn = () => {};
const fail = (error: unknown): void => parent.emit('failed', String(error));
const contestant = await entry.open(url);
const handlers: Commands = {
  ...serveCallers(contestant),
  ...serveHolders(contestant),
  ...serveLine(contestant, url, fail),
};
const parent = serveWorker<Told>(handlers);
process.on('uncaughtException', fail);
