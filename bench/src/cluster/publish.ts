import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { markdown } from '../report/text-table.js';
import { type ClusterResults, merge } from './results.js';
import { tablesOf } from './tables.js';

const BENCH = new URL('../../', import.meta.url);
const RESULTS = fileURLToPath(new URL('results/cluster.json', BENCH));
const README = fileURLToPath(new URL('README.md', BENCH));

/** Makes the results those of the repository: its file, and the tables in the README of the bench. */
export async function publish(results: ClusterResults): Promise<void> {
  const before = await readFile(RESULTS, 'utf8').then(
    (json) => JSON.parse(json) as ClusterResults,
    () => ({}),
  );
  const all = merge(before, results);
  await writeFile(RESULTS, `${JSON.stringify(all, undefined, 2)}\n`);
  const tables = tablesOf(all).map((table) => `**${table.title}**\n\n${markdown(table)}`);
  const { machine } = all;
  const where =
    machine === undefined
      ? ''
      : `Medians on ${machine.cores} cores (${machine.cpu}) with Node ${machine.node} and Redis ${machine.redis}.`;
  const readme = await readFile(README, 'utf8');
  const published = readme.replace(
    /(<!-- cluster -->\n).*(<!-- end of cluster -->)/s,
    (_, start: string, end: string) => `${start}\n${[...tables, where].join('\n\n')}\n\n${end}`,
  );
  await writeFile(README, published);
}
