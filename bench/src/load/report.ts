import { availableParallelism } from 'node:os';
import { count } from './number.js';
import type { Result } from './result.js';

const ROWS: readonly (readonly [string, (result: Result) => string])[] = [
  ['heap in the client', ({ clientBytes, unit }) => `${count(clientBytes)} B per ${unit}`],
  ['memory at Redis', ({ serverBytes, unit }) => `${count(serverBytes)} B per ${unit}`],
  ['watched for', ({ quiet }) => `${quiet.seconds.toFixed(0)} s`],
  ['client commands at Redis', ({ quiet }) => `${quiet.commands.toFixed(1)} a second`],
  ['renewals', ({ quiet }) => `${count(quiet.renewals)} a second`],
  ['event-loop delay p50, p99, max', ({ quiet: { eventLoop: e } }) => ms(e.p50, e.p99, e.max)],
  ['processor: clients, Redis', ({ quiet }) => percent(quiet.clientCpu, quiet.serverCpu)],
  ['then', ({ work }) => work],
  ['event-loop delay at work, max', ({ busiest }) => ms(busiest)],
  ['lost', ({ faults }) => (faults.length === 0 ? 'nothing' : faults.join('; '))],
];

/** What the figures are of: clients, server and measurement share it. */
export function machineOf(redisVersion: string): string {
  const processors = availableParallelism();
  const machine = processors === 1 ? 'one processor' : `${processors} processors`;
  return `All on ${machine}; Node ${process.versions.node}, Redis ${redisVersion}.`;
}

/** A line for each figure, a column for each scenario. */
export function tableOf(results: readonly Result[]): string {
  const rows = [
    ['', ...results.map(({ title }) => title)],
    ...ROWS.map(([label, cell]) => [label].concat(results.map(cell))),
  ];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** What was checked, for each scenario. */
export function checksOf({ title, checked, faults }: Result): string {
  return [
    title,
    ...checked.map((promise) => `  ✔ ${promise}`),
    ...faults.map((fault) => `  ✖ ${fault}`),
  ].join('\n');
}

function ms(...times: number[]): string {
  return `${times.map((time) => time.toFixed(1)).join(', ')} ms`;
}

function percent(...shares: number[]): string {
  return shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
}
