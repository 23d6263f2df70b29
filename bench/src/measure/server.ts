import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRedis } from '../contestants/clients.js';
import type { Entry } from '../contestants/roster.js';

/** Until all wait, and connections for waiting are open, in ms. */
const SETTLING = 500;

type Client = Pick<NodeRedis, 'info' | 'zCard'>;

/** What tells about itself. */
interface Informant {
  info(section: string): Promise<string>;
}

/** Microseconds of CPU time that the server has taken so far. */
export async function serverCpu(client: Informant): Promise<number> {
  const info = await client.info('cpu');
  let seconds = 0;
  for (const [, value] of info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)) {
    seconds += Number(value);
  }
  return seconds * 1e6;
}

/** How often clients have sent one of these commands so far. */
export async function commandsSent(client: Client, names: readonly string[]): Promise<number> {
  const info = await client.info('commandstats');
  let sum = 0;
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    if (names.includes(name)) sum += Number(calls);
  }
  return sum;
}

/** How many waiters of Holdfast stand in line for a lock. */
export function lineLength(client: Client, lock: string): Promise<number> {
  return client.zCard(`holdfast:queue:lock:${lock}`);
}

/** Until so many wait for a lock. Where they stand in a line is only known of Holdfast; others get time. */
export async function untilAllWait(
  client: Client,
  { role }: Pick<Entry, 'role'>,
  lock: string,
  waiters: number,
): Promise<void> {
  await sleep(SETTLING);
  while (role === 'holdfast' && (await lineLength(client, lock)) < waiters) await sleep(10);
}
