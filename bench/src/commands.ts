import type { createClient } from 'redis';

type Client = Pick<ReturnType<typeof createClient>, 'info'>;

/** What Holdfast's script calls inside the server; the statistics do not tell it from clients'. */
const INSIDE = new Set(
  ['get', 'set', 'del', 'exists', 'type', 'pttl', 'pexpire', 'time', 'spublish']
    .concat(['zadd', 'zscore', 'zrange', 'zrem'])
    .concat(['info', 'zcard']), // ours, to look on
);

/** How many commands clients have sent so far. */
export async function clientCommands(client: Client): Promise<number> {
  const info = await client.info('commandstats');
  let sum = 0;
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    if (!INSIDE.has(name)) sum += Number(calls);
  }
  return sum;
}
