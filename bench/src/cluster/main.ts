/**
 * Holdfast and its peers in clusters of one master and of three. `npm run bench:cluster`, with the options
 *
 * - `-- --only cycles`: one workload of cycles, handOff, failover, replicas; may be given more than once;
 * - `-- --callers 16,256`: for cycles, how many callers in one process, each on its own lock;
 * - `-- --masters 1,3`: for cycles, how many masters;
 * - `-- --rounds 5`: how often all take their turn;
 * - `-- --publish`: what was measured takes its place in bench/results and in bench/README.md;
 * - `-- --assert`: fails if a mark is missed.
 */
import { parseArgs } from 'node:util';
import { CLUSTERED } from '../contestants/clustered.js';
import { entryNamed, HOLDFAST } from '../contestants/roster.js';
import { machineOf } from '../report/machine.js';
import { line } from '../report/report.js';
import { plain } from '../report/text-table.js';
import { measureDistinctLocks } from '../workloads/distinct-locks.js';
import { measureLongLine } from '../workloads/long-line.js';
import { measureOneLock } from '../workloads/one-lock.js';
import { measureFailover } from './failover.js';
import { marksOf } from './marks.js';
import { publish } from './publish.js';
import { measureReplicas } from './replicas.js';
import type { ClusterResults, CyclesRow } from './results.js';
import { tablesOf } from './tables.js';
import { withCluster } from './with-cluster.js';

const WORKLOADS = ['cycles', 'handOff', 'failover', 'replicas'];
const WAITERS = [10, 50, 100];
const CALLERS_WITH_REPLICAS = [1, 256];
/** In ms. */
const REHEARSAL = { rush: 2_000, rehearsal: 3_000 };

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: WORKLOADS },
    callers: { type: 'string', default: '1,16,256,1024' },
    masters: { type: 'string', default: '1,3' },
    rounds: { type: 'string', default: '5' },
    publish: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const unknown = values.only.find((name) => !WORKLOADS.includes(name));
if (unknown !== undefined) throw new Error(`There is no workload ${unknown}.`);

const results: ClusterResults = {
  ...(await withCluster({ masters: 1 }, async ({ client }) => ({
    machine: await machineOf(client),
  }))),
  ...(isWanted('cycles') ? { cycles: await measureCycles() } : {}),
  ...(isWanted('handOff') ? await measureHandOff() : {}),
  ...(isWanted('failover') ? { failover: await measureFailover(rounds) } : {}),
  ...(isWanted('replicas')
    ? { replicas: await measureReplicas(CALLERS_WITH_REPLICAS, rounds) }
    : {}),
};
const marks = marksOf(results);
console.log([...tablesOf(results).map(plain), marks.map(line).join('\n'), ''].join('\n\n'));
if (values.publish) await publish(results);
if (values.assert && marks.some(({ reached }) => !reached)) process.exitCode = 1;

function isWanted(workload: string): boolean {
  return values.only.includes(workload);
}

async function measureCycles(): Promise<CyclesRow[]> {
  const rows: CyclesRow[] = [];
  for (const masters of numbers(values.masters)) {
    await withCluster({ masters }, async (setting) => {
      for (const callers of numbers(values.callers)) {
        const row = await measureDistinctLocks({ ...setting, rounds }, CLUSTERED, callers);
        rows.push({ masters, ...row });
      }
    });
  }
  return rows;
}

function measureHandOff(): Promise<Pick<ClusterResults, 'handOff' | 'longLine'>> {
  const ours = [entryNamed(HOLDFAST)];
  return withCluster({ masters: 3 }, async (setting) => {
    const handOff = await measureOneLock({ ...setting, rounds }, ours, REHEARSAL);
    const longLine = [];
    for (const waiters of WAITERS) {
      longLine.push(await measureLongLine(setting, ours, waiters, { quietTime: false }));
    }
    return { handOff, longLine };
  });
}

function numbers(list: string): number[] {
  return list.split(',').map(Number);
}
