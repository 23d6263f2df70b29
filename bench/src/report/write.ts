import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartsOf } from '../charts/charts.js';
import { draw } from '../charts/draw.js';
import type { Mark } from '../marks/mark.js';
import { summaryOf } from './summary.js';
import type { Results } from './results.js';

const ROOT = new URL('../../../', import.meta.url);
const README = fileURLToPath(new URL('README.md', ROOT));
/** Not part of the repository. */
export const OUT: string = fileURLToPath(new URL('bench/dist/results', ROOT));
const PUBLISHED = fileURLToPath(new URL('bench/results', ROOT));

/** Writes the results as JSON and as charts; those that nothing was measured for are left out. */
export async function write(
  results: Results,
  marks: readonly Mark[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const json = JSON.stringify({ ...results, marks }, undefined, 2);
  await writeFile(join(folder, 'bench.json'), `${json}\n`);
  const charts = chartsOf(results).filter(({ panels }) =>
    panels.some(({ bars }) => bars.length > 0),
  );
  await Promise.all(
    charts.map((chart) => writeFile(join(folder, `${chart.name}.svg`), `${draw(chart)}\n`)),
  );
}

/** Makes the results those of the repository: its files, and the table in its README. */
export async function publish(results: Results, marks: readonly Mark[]): Promise<void> {
  await write(results, marks, PUBLISHED);
  const readme = await readFile(README, 'utf8');
  const published = readme.replace(
    /(<!-- bench -->\n).*(<!-- end of bench -->)/s,
    (_, start: string, end: string) => `${start}\n${summaryOf(results)}\n\n${end}`,
  );
  if (published === readme && !readme.includes('<!-- bench -->')) {
    throw new Error('README.md has no place for the results.');
  }
  await writeFile(README, published);
}
