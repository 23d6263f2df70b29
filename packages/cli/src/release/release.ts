import { createInterface } from 'node:readline/promises';
import { type Locker, RedisRefusedError } from '@holdfast/core';
import { joinFleet } from '../connection/fleet.js';
import { lockerOptions } from '../connection/options.js';
import { parseGrace } from '../connection/parse-grace.js';
import { EXIT } from '../exit-code.js';
import { describe } from '../look/show.js';
import { say } from '../output/say.js';
import { span } from '../output/span.js';
import { printable } from '../output/printable.js';
import { checked, UsageError } from '../usage-error.js';
import type { ReleaseOptions } from './command.js';
import { print } from '../output/print.js';

/** That of a locker that takes no lock: any grace outlasts it. In ms. */
const LEAST_TTL = 10;

/** Takes a lock by force. Resolves with the exit code. */
export async function release(name: string, options: ReleaseOptions): Promise<number> {
  if (options.yes !== true && !process.stdin.isTTY) {
    throw new UsageError('release: nobody is there to be asked; give --yes.');
  }
  const grace = await checked(() => parseGrace(options));
  const terms = { ...lockerOptions(options), ttl: LEAST_TTL, grace };
  await using locker = await checked(() => joinFleet(options, terms));
  if (options.yes !== true && !(await isConfirmed(locker, name))) {
    console.error('Nothing was done.');
    return EXIT.NO;
  }
  const released = await checked(() => locker.forceRelease(name));
  if (options.json === true) print(JSON.stringify({ name, released }));
  else print(`${printable(name)} ${released ? 'was released' : 'was held by nobody'}`);
  if (grace !== undefined) await tellGrace(locker, name);
  return released ? EXIT.OK : EXIT.NO;
}

/** As long as one runs, nothing is handed off, and a holder that was not told writes its lock back. */
async function tellGrace(locker: Locker, name: string): Promise<void> {
  const graceRemaining = await left(locker, name);
  if (graceRemaining === undefined) return;
  say(
    `a grace runs: nobody new gets it for another ${span(graceRemaining)}. A holder that could not be told ` +
      'renews it meanwhile, and has it back: look again, with holdfast show.',
  );
}

/** Undefined: none is, or this user may not look. */
async function left(locker: Locker, name: string): Promise<number | undefined> {
  try {
    return (await locker.inspect(name, { waiting: 0 })).graceRemaining;
  } catch (error) {
    if (error instanceof RedisRefusedError) return undefined;
    throw error;
  }
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
