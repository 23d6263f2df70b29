/**
 * How fast locks are, side by side with the usual way and with other libraries. `npm run bench`, with the options
 * `-- --json` for machines, and `-- --assert` to fail if a mark is missed.
 */
import { startRedis } from '@holdfast/support';
import { measureDecoratorCost } from './decorator-cost.js';
import { type HandOff, measureHandOff } from './hand-off.js';
import { type Line, measureLine } from './line.js';
import { marksOf } from './marks.js';
import { report } from './report.js';
import { measureThroughput, type Throughput } from './throughput.js';

const CALLERS = [1, 16, 256, 1_024];
const WAITERS = [10, 1_000];
/** The peers poll: they take their time. */
const HAND_OFFS = [
  ['Holdfast', 400],
  ['redis-semaphore', 100],
  ['redlock', 30],
] as const;

const json = process.argv.includes('--json');
const mustReach = process.argv.includes('--assert');

await using server = await startRedis();
if (!json) console.log('Measuring, for about 40 s, on a Redis server of its own …\n');

const throughput: Throughput[] = [];
for (const callers of CALLERS) throughput.push(await measureThroughput(server.url, callers));
const handOffs: HandOff[] = [];
for (const [library, count] of HAND_OFFS) {
  handOffs.push(await measureHandOff(server.url, library, count));
}
const lines: Line[] = [];
for (const waiters of WAITERS) {
  lines.push(await measureLine(server.url, waiters, { idle: waiters === Math.max(...WAITERS) }));
}

// Last: from the first decorated call on, the async context is followed, which slows all promises.
const decoratorCost = await measureDecoratorCost();

const results = { throughput, handOffs, lines, decoratorCost };
const marks = marksOf(results);
console.log(json ? JSON.stringify({ ...results, marks }, undefined, 2) : report(results, marks));
if (mustReach && marks.some((mark) => !mark.reached)) process.exitCode = 1;
