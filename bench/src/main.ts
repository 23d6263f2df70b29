/** Holdfast side by side with its peers; README.md in this workspace says how to use it. */
import { readFile } from 'node:fs/promises';
import type { Mark } from './marks/mark.js';
import { marksOf } from './marks/marks.js';
import { type Options, parseOptions } from './options.js';
import { line, report } from './report/report.js';
import type { Results } from './report/results.js';
import { OUT, publish, write } from './report/write.js';
import { run, WORKLOADS } from './run.js';
import { runShort } from './short.js';

const options = parseOptions(process.argv.slice(2));
const marks = await (options.short ? short() : whole(options));
if (options.assert && marks.some(({ reached }) => !reached)) process.exitCode = 1;

/** A machine that was busy in a bad moment gets a second chance; a slow library does not use it. */
async function short(): Promise<Mark[]> {
  const first = await runShort();
  const result = first.every(({ reached }) => reached) ? first : await runShort();
  console.log(result.map(line).join('\n'));
  return result;
}

async function whole({ workloads, rounds, from, out, ...rest }: Options): Promise<Mark[]> {
  const results =
    from === undefined
      ? await run(workloads, rounds, (progress) => console.error(progress))
      : (JSON.parse(await readFile(from, 'utf8')) as Results);
  const found = marksOf(results);
  console.log(report(results, found));
  if (rest.publish && WORKLOADS.some((workload) => results[workload] === undefined)) {
    throw new Error('Only a whole run is published.');
  }
  if (rest.publish) await publish(results, found);
  else await write(results, found, out ?? OUT);
  return found;
}
