/** What the code blocks of the documents use without saying where it comes from. */
import assert from 'node:assert/strict';
import { createLocker, type HoldfastError, type Locker } from '@holdfast/core';
import { createClient } from 'redis';

export { createLocker };

/** By the environment's REDIS_URL. */
export const locker: Locker = await createLocker();
export const otherLocker: Locker = await createLocker();

export interface Order {
  readonly id: number;
  readonly total: number;
}

export const order: Order = { id: 42, total: 12.5 };

/** What work under a lock is given. */
interface Under {
  readonly signal: AbortSignal;
  readonly fencingToken?: number;
}

export async function charge(what: Order, under: Required<Under>): Promise<string> {
  check(under);
  return `charged ${what.total} for ${what.id}`;
}

/** How often the nightly job ran: a test counts. */
export const RUNS = 'runs of the nightly job';

export async function runNightlyJob(under?: Under): Promise<void> {
  if (under !== undefined) check(under);
  const client = await createClient({ url: process.env['REDIS_URL'] ?? '' }).connect();
  await client.incr(RUNS);
  client.destroy();
}

export async function rebuild(under: Under): Promise<void> {
  check(under);
}

export async function transfer(
  _from: string,
  _to: string,
  { signal }: { readonly signal: AbortSignal; readonly fencingTokens?: readonly unknown[] },
): Promise<void> {
  signal.throwIfAborted();
}

export async function sendNext(under: Required<Under>): Promise<void> {
  check(under);
}

export async function encode(under: Required<Under>): Promise<void> {
  check(under);
}

export async function findOut(_what: { readonly id: number }): Promise<void> {}

export async function tryLater(_milliseconds: number | undefined): Promise<void> {}

export async function raiseAlarm(error: HoldfastError): Promise<never> {
  throw error;
}

function check({ signal, fencingToken }: Under): void {
  signal.throwIfAborted();
  if (fencingToken !== undefined) assert.ok(Number.isSafeInteger(fencingToken) && fencingToken > 0);
}
