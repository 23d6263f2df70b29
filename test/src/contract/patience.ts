import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiagnosticChannel, DiagnosticMessages } from '@holdfast/core';

/** Far above what anything here takes, in ms. */
const PATIENCE = 40_000;

/**
 * Waits for what comes by itself. The timers and sockets of a locker do not keep this process alive:
 * this does, as long as patience lasts.
 */
export async function eventually<T>(event: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited in vain: ${what}.`)), PATIENCE);
  });
  try {
    return await Promise.race([event, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks again and again: for what nobody tells, such as the state of a server. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}.`);
    await sleep(1);
  }
}

/** Resolves with the reason of the signal when it is aborted. */
export async function aborted(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await eventually(once(signal, 'abort'), 'the signal is aborted');
  return signal.reason;
}

/** Work that ends when it is told to, as what Node offers does: with an `AbortError`. */
export async function hearing(signal: AbortSignal): Promise<never> {
  await sleep(PATIENCE, undefined, { signal });
  throw new Error('Waited in vain: the signal is aborted.');
}

/** Resolves with the message that is the `count`th of those that fit, from the call on. */
export async function told<K extends DiagnosticChannel>(
  channel: K,
  fits: (message: DiagnosticMessages[K]) => boolean,
  count = 1,
): Promise<DiagnosticMessages[K]> {
  let listener: ((message: unknown) => void) | undefined;
  let seen = 0;
  const found = new Promise<DiagnosticMessages[K]>((resolve) => {
    listener = (message) => {
      const typed = message as DiagnosticMessages[K];
      if (!fits(typed)) return;
      seen += 1;
      if (seen === count) resolve(typed);
    };
    subscribe(channel, listener);
  });
  try {
    return await eventually(found, `message ${count} on ${channel}`);
  } finally {
    assert(listener);
    unsubscribe(channel, listener);
  }
}

/** Holds up everything that this process does, as a long garbage collection would, in ms. */
export function stall(time: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, time);
}
