import type { Mark } from '../marks/mark.js';
import type { Results } from './results.js';
import { tablesOf } from './tables.js';
import { plain } from './text-table.js';

/** The results as a person reads them in a terminal. */
export function report(results: Results, marks: readonly Mark[]): string {
  const { date, cpu, cores, system, node, redis } = results.machine;
  return [
    ...tablesOf(results).map(plain),
    marks.map(line).join('\n'),
    `${date}, ${cores} cores of ${cpu}, ${system}, Node ${node}, Redis ${redis}`,
    '',
  ].join('\n\n');
}

export function line({ workload, wanted, measured, reached }: Mark): string {
  return `${reached ? '✔' : '✖'} ${workload}: ${measured} (${wanted})`;
}
