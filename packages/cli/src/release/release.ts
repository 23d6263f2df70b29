import { createInterface } from 'node:readline/promises';
import { createLocker, type Locker } from '@holdfast/core';
import { lockerOptions } from '../connection/options.js';
import { EXIT } from '../exit-code.js';
import { describe } from '../look/show.js';
import { printable } from '../output/printable.js';
import { checked, UsageError } from '../usage-error.js';
import type { ReleaseOptions } from './command.js';
import { print } from '../output/print.js';

/** Takes a lock by force. Resolves with the exit code. */
export async function release(name: string, options: ReleaseOptions): Promise<number> {
  if (options.yes !== true && !process.stdin.isTTY) {
    throw new UsageError('release: nobody is there to be asked; give --yes.');
  }
  await using locker = await checked(() => createLocker(lockerOptions(options)));
  if (options.yes !== true && !(await isConfirmed(locker, name))) {
    console.error('Nothing was done.');
    return EXIT.NO;
  }
  const released = await checked(() => locker.forceRelease(name));
  if (options.json === true) print(JSON.stringify({ name, released }));
  else print(`${printable(name)} ${released ? 'was released' : 'was held by nobody'}`);
  return released ? EXIT.OK : EXIT.NO;
}

/** An answer that does not come, for Ctrl-C or an end of the input, is a no. */
async function isConfirmed(locker: Locker, name: string): Promise<boolean> {
  console.error(describe(await checked(() => locker.inspect(name, { waiting: 5 }))));
  const question = createInterface({ input: process.stdin, output: process.stderr });
  const over = new AbortController();
  question.once('close', () => over.abort());
  question.once('SIGINT', () => question.close());
  try {
    const text = '\nTake it from whoever holds it? Their work may still be going on. [y/N] ';
    return /^y(es)?$/i.test((await question.question(text, over)).trim());
  } catch {
    return false;
  } finally {
    question.close();
  }
}
