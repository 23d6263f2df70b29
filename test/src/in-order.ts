/**
 * Runs test files in the order in which they are named: `node --test` sorts them.
 *
 * Arguments: `node in-order.js <files side by side> <ms for one> [--option of node --test …] <file …>`
 */
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { inSources } from './source-places.js';

const [concurrency, timeout, ...rest] = process.argv.slice(2);

// The process of each file is given what this one was.
process.execArgv.push(...rest.filter((argument) => argument.startsWith('-')));

// Whoever ends this process ends those of the files.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stop.abort());
}

const tests = run({
  files: rest.filter((argument) => !argument.startsWith('-')),
  signal: stop.signal,
  concurrency: Number(concurrency),
  timeout: Number(timeout),
});
tests.on('test:fail', () => {
  process.exitCode = 1;
});
await pipeline(tests, new spec(), inSourcesEach, process.stdout, { end: false });

async function* inSourcesEach(report: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const text of report) yield inSources(String(text));
}
