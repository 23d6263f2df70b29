/**
 * `npm run matrix -- [--short] [--publish] [part of a row or column …]`
 *
 * `--short`: two runtimes and one compiler, for the checks. `--publish`: writes docs/matrix.md.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './cache.js';
import { type Cell, judge, type Verdict } from './cell.js';
import { Packed } from './packed.js';
import { fullPlan, shortPlan } from './plan.js';
import { report } from './report.js';
import { Servers } from './servers.js';
import type { Verdicts } from './table.js';

const DOCUMENT = join(ROOT, 'docs', 'matrix.md');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const parts = args.filter((arg) => !arg.startsWith('--'));
  await using packed = await Packed.make();
  await using servers = await Servers.start();
  const stage = {
    packed: packed.libraries,
    program: packed.program,
    servers: servers.all,
  };
  const tables = await (args.includes('--short') ? shortPlan(stage) : fullPlan(stage));
  const verdicts = await judgeAll(
    tables.flatMap(({ cells }) => cells).filter((cell) => isAsked(cell, parts)),
  );
  const broken = [...verdicts.values()].filter(({ kind }) => kind === 'broken').length;
  console.log(`${verdicts.size - broken} passed, ${broken} failed`);
  if (args.includes('--publish')) await writeFile(DOCUMENT, report(tables, verdicts));
  return broken === 0 ? 0 : 1;
}

function isAsked({ row, column }: Cell, parts: readonly string[]): boolean {
  return parts.length === 0 || parts.some((part) => `${row}: ${column}`.includes(part));
}

/** One at a time: each of them may have the whole machine. */
async function judgeAll(cells: readonly Cell[]): Promise<Verdicts> {
  const verdicts = new Map<Cell, Verdict>();
  for (const cell of cells) {
    const began = performance.now();
    const verdict = await judge(cell);
    verdicts.set(cell, verdict);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    const mark = verdict.kind === 'broken' ? '✖' : '✔';
    console.log(`${mark} ${cell.row}: ${cell.column} (${verdict.kind}, ${seconds} s)`);
    if (verdict.kind === 'broken') console.log(verdict.report);
  }
  return verdicts;
}
