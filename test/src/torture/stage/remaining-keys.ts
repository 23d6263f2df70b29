import { setTimeout as elapse } from 'node:timers/promises';
import type { Observer } from '../../faults/observer.js';
import { now } from '../clock.js';
import { LONGEST_TTL } from '../worker/choice.js';

/** A line that nobody asks about is dropped after so long, in ms. */
const LINE_LIFETIME = 30_000;
const SLACK = 1_000;

/** They stay as long as there are lockers. */
const LASTING: ReadonlySet<string> = new Set(['holdfast:clock', 'holdfast:epoch:lock:']);

/**
 * What is in the server that must not be, after everybody has left: a lock after the longest ttl, or
 * a line that has no end. If `outwaited`, a line that is still there when it should have ended.
 */
export async function remainingKeys(observer: Observer, outwaited: boolean): Promise<string[]> {
  const locks = await outlived(observer, 'lock:', LONGEST_TTL);
  const endless: string[] = [];
  for (const key of await keysOf(observer, '')) {
    const lifetime = Number(await observer.send('PTTL', key));
    // -2: it has gone meanwhile.
    if (lifetime === -1 || lifetime > LINE_LIFETIME) endless.push(key);
  }
  const lines = outwaited ? await outlived(observer, '', LINE_LIFETIME) : [];
  const remaining = new Set([...locks, ...endless, ...lines]);
  return Array.from(remaining, (key) => `The key ${key} was still there.`);
}

async function outlived(observer: Observer, prefix: string, lifetime: number): Promise<string[]> {
  const limit = now() + lifetime + SLACK;
  for (;;) {
    const found = await keysOf(observer, prefix);
    if (found.length === 0 || now() > limit) return found;
    await elapse(50);
  }
}

async function keysOf(observer: Observer, prefix: string): Promise<string[]> {
  const keys = await observer.keys();
  return keys.filter((key) => key.startsWith(prefix) && !LASTING.has(key));
}
