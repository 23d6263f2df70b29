/**
 * What Holdfast bears, and what that costs. `npm run load`, with the options
 *
 * - `-- locks line lockers`: only some of the scenarios;
 * - `-- --locks 100000 --ttl 30s --waiters 10000 --lockers 1000 --processes 20`: how much;
 * - `-- --json`: for machines;
 * - `-- --publish`: the figures go into docs/guarantees.md.
 *
 * Fails if anything is lost.
 */
import { startRedis } from '@holdfast/support';
import { holdLocks } from './held-locks.js';
import { drainLine } from './long-line.js';
import { crowd } from './many-lockers.js';
import { publish } from './publish.js';
import { checksOf, machineOf, tableOf } from './report.js';
import type { Result } from './result.js';
import { Server } from './server.js';
import { parseSettings, type Scenario } from './settings.js';

const settings = parseSettings(process.argv.slice(2));

/** Each on a server of its own. */
const scenarios: Record<Scenario, ((url: string, server: Server) => Promise<Result>)[]> = {
  locks: [(url, server) => holdLocks(url, server, settings)],
  line: [1, 5].map((processes) => {
    return (url, server) => drainLine(url, server, { waiters: settings.waiters, processes });
  }),
  lockers: [(url, server) => crowd(url, server, settings)],
};

const results: Result[] = [];
let machine = '';
for (const run of settings.scenarios.flatMap((name) => scenarios[name])) {
  await using redis = await startRedis();
  await using server = await Server.open(redis.url);
  machine = machineOf(await server.version());
  const result = await run(redis.url, server);
  results.push(result);
  if (!settings.json) console.log(checksOf(result));
}
const report = `${machine}\n\n${tableOf(results)}`;
console.log(settings.json ? JSON.stringify({ machine, results }, undefined, 2) : `\n${report}`);
if (settings.publish) await publish(report);
if (results.some((result) => result.faults.length > 0)) process.exitCode = 1;
