import type { NodeRedis } from '../contestants/clients.js';

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
