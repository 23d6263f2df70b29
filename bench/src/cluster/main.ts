/**
 * Holdfast and its peers in a cluster of one master and of three. `npm run bench:cluster`, with the options
 *
 * - `-- --callers 16,256`: how many callers in one process, each on its own lock;
 * - `-- --masters 1,3`: how many masters;
 * - `-- --rounds 5`: how often all take their turn.
 */
import { parseArgs } from 'node:util';
import { CLUSTERED } from '../contestants/clustered.js';
import { HOLDFAST } from '../contestants/roster.js';
import { figuresOf } from '../measure/standing.js';
import { ratioOf } from '../measure/statistics.js';
import { plain } from '../report/text-table.js';
import { measureDistinctLocks } from '../workloads/distinct-locks.js';
import { withCluster } from './with-cluster.js';

const { values } = parseArgs({
  options: {
    callers: { type: 'string', default: '1,16,256,1024' },
    masters: { type: 'string', default: '1,3' },
    rounds: { type: 'string', default: '5' },
  },
});

for (const masters of numbers(values.masters)) {
  await withCluster(masters, async (setting) => {
    for (const callers of numbers(values.callers)) {
      const rounds = Number(values.rounds);
      const { standings } = await measureDistinctLocks({ ...setting, rounds }, CLUSTERED, callers);
      const ours = figuresOf(standings, HOLDFAST);
      const rows = standings.map((standing) => {
        if (standing.kind === 'failed') return [standing.contestant, standing.reason];
        const { cycles, clientCpu, redisCpu } = standing.figures;
        return [
          standing.contestant,
          Math.round(cycles.median).toLocaleString('en'),
          ours === undefined ? '' : ratioOf(ours.cycles, cycles).median.toFixed(2),
          clientCpu.median.toFixed(1),
          redisCpu.median.toFixed(1),
        ];
      });
      const title = `masters: ${masters}, callers: ${callers}`;
      const head = ['', 'cycles/s', 'Holdfast does, ×', 'client, µs a cycle', 'Redis, µs'];
      console.log(`${plain({ title, head, rows })}\n`);
    }
  });
}

function numbers(list: string): number[] {
  return list.split(',').map(Number);
}
