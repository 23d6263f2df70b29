import { HOLDFAST } from '../contestants/roster.js';
import { figuresOf } from '../measure/standing.js';
import { ratioOf } from '../measure/statistics.js';
import { callersOf, count, figure, spread } from '../report/figures.js';
import type { Table } from '../report/text-table.js';
import type { ClusterResults, CyclesRow } from './results.js';

/** Everything that was measured: medians, and in brackets between what the rounds were. */
export function tablesOf(results: ClusterResults): Table[] {
  const { cycles = [], handOff = [], longLine = [], failover, replicas = [] } = results;
  const tables = cycles.map(cyclesTable);
  const gap = figuresOf(handOff, HOLDFAST);
  if (gap !== undefined) {
    const lines = longLine.flatMap(({ waiters, standings }) => {
      const line = figuresOf(standings, HOLDFAST);
      if (line === undefined) return [];
      return [[`commands, ${waiters} waiters`, figure(line.commandsPerHandOff.median)]];
    });
    tables.push({
      title: 'Hand-off in a cluster of three masters, 50 waiters in five processes',
      head: ['', 'of one hand-off'],
      rows: [
        ['p50, ms', figure(gap.gapP50)],
        ['p99, ms', figure(gap.gapP99)],
        ['p50 in round trips', figure(gap.gapP50 / gap.pingP50)],
        ...lines,
      ],
    });
  }
  if (failover !== undefined) {
    tables.push({
      title: 'A master is killed while 50 callers wait for a lock',
      head: ['', 'ms'],
      rows: [
        ['until the new master accepts a write', spread(failover.election, count)],
        ['from then on until the first grant', spread(failover.firstGrant, count)],
        ['calls that were lost', count(failover.lost)],
      ],
    });
  }
  if (replicas.length > 0) {
    tables.push({
      title: 'Acquisition of a free lock, p50 in ms',
      head: ['', 'without', '`replicas: 1`', 'added'],
      rows: replicas.map((row) => [
        callersOf(row.callers),
        spread(row.without, figure),
        spread(row.with, figure),
        figure(row.with.median - row.without.median),
      ]),
    });
  }
  return tables;
}

function cyclesTable({ masters, callers, standings }: CyclesRow): Table {
  const ours = figuresOf(standings, HOLDFAST);
  return {
    title: `${masters === 1 ? 'One master' : `${masters} masters`}, ${callersOf(callers)}`,
    head: ['', 'cycles/s', 'Holdfast does, ×', 'client, µs a cycle', 'Redis, µs a cycle'],
    rows: standings.map((standing) => {
      if (standing.kind === 'failed') return [standing.contestant, `failed: ${standing.reason}`];
      const { cycles, clientCpu, redisCpu } = standing.figures;
      const ratio = ours === undefined ? undefined : ratioOf(ours.cycles, cycles);
      return [
        standing.contestant,
        spread(cycles, count),
        ratio === undefined ? '' : figure(ratio.median),
        figure(clientCpu.median),
        figure(redisCpu.median),
      ];
    }),
  };
}
