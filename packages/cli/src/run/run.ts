import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock, Locker, LockSet } from '@holdfast/core';
import { joinFleet } from '../connection/fleet.js';
import { EXIT, exitCodeOf, exitCodeOfSignal } from '../exit-code.js';
import { say } from '../output/say.js';
import { checked } from '../usage-error.js';
import type { RunOptions } from './command.js';
import { Signals } from './signals.js';
import { tellWaiting } from './tell-waiting.js';
import { type Terms, termsOf } from './terms.js';
import { type Work, work } from './work.js';

export interface RunRequest extends Work {
  readonly names: readonly string[];
  readonly options: RunOptions;
}

/** Nobody waits any longer for a server that does not answer at the end, in ms. */
const TIME_TO_LEAVE = 1_000;

/** Runs a command under a lock. Resolves with the exit code. */
export async function run(request: RunRequest): Promise<number> {
  using signals = new Signals();
  const terms = await checked(() => termsOf(request.options));
  const told = abortOf(signals.ended);
  const opening = checked(() => joinFleet(request.options, terms.locker));
  const locker = await Promise.race([opening, told]);
  if (locker === undefined) return codeOfFirst(signals);
  try {
    return await runUnder(locker, request, terms, signals);
  } finally {
    // What was not given back by now runs out by itself.
    await Promise.race([locker.close(), sleep(TIME_TO_LEAVE)]);
  }
}

async function runUnder(
  locker: Locker,
  request: RunRequest,
  terms: Terms,
  signals: Signals,
): Promise<number> {
  let held: Lock | LockSet;
  try {
    held = await acquire(locker, request.names, terms, signals.ended);
  } catch (error) {
    if (signals.ended.aborted) return codeOfFirst(signals);
    if (exitCodeOf(error) !== EXIT.BUSY || !(error instanceof Error)) throw error;
    if (request.options.quiet !== true) say(error.message);
    return terms.busyCode;
  }
  // It was granted in the moment in which we were told to end.
  if (signals.ended.aborted) return codeOfFirst(signals);
  return await work(held, request, terms, signals);
}

async function acquire(
  locker: Locker,
  names: readonly string[],
  terms: Terms,
  signal: AbortSignal,
): Promise<Lock | LockSet> {
  using _ = tellWaiting();
  const options = { ...terms.acquire, signal };
  const [name = ''] = names;
  return await checked((): Promise<Lock | LockSet> =>
    names.length === 1 ? locker.acquire(name, options) : locker.acquire(names, options),
  );
}

function codeOfFirst({ first }: Signals): number {
  return first === undefined ? EXIT.SOFTWARE : exitCodeOfSignal(first);
}

/** Resolves when the signal has aborted. */
function abortOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
