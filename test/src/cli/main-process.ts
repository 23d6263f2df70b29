/** Runs the program's `main` for each line of arguments on stdin, and ends what it says with the exit code. */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { main } from '../../../packages/cli/dist/main.js';
import { type Call, END } from './one-process.js';

for await (const line of createInterface({ input: process.stdin })) {
  const { args, url } = JSON.parse(line) as Call;
  process.env['REDIS_URL'] = url;
  const code = await main(args);
  writeSync(2, END);
  process.stdout.write(`${code}${END}`);
}
