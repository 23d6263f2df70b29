import { setTimeout as elapse } from 'node:timers/promises';
import type { Observer } from '../../faults/observer.js';
import { now } from '../clock.js';
import { LONGEST_TTL } from '../worker/choice.js';
import type { Servers } from './servers.js';

/** A line that nobody asks about is dropped after so long, in ms. */
const LINE_LIFETIME = 30_000;
const SLACK = 1_000;

/**
 * What is in the servers that must not be, after everybody has left: a lock after the longest ttl, or
 * a line that has no end. If `outwaited`, a line that is still there when it should have ended.
 */
export async function remainingKeys(servers: Servers, outwaited: boolean): Promise<string[]> {
  const locks = await outlived(servers, 'lock:', LONGEST_TTL);
  const endless: string[] = [];
  for (const { observer, key } of await keysOf(servers, '')) {
    const lifetime = Number(await observer.send('PTTL', key));
    // -2: it has gone meanwhile.
    if (lifetime === -1 || lifetime > LINE_LIFETIME) endless.push(key);
  }
  const lines = outwaited ? await outlived(servers, '', LINE_LIFETIME) : [];
  const remaining = new Set([...locks, ...endless, ...lines]);
  return Array.from(remaining, (key) => `The key ${key} was still there.`);
}

async function outlived(servers: Servers, prefix: string, lifetime: number): Promise<string[]> {
  const limit = now() + lifetime + SLACK;
  for (;;) {
    const found = await keysOf(servers, prefix);
    if (found.length === 0 || now() > limit) return found.map(({ key }) => key);
    await elapse(50);
  }
}

interface Found {
  readonly key: string;
  readonly observer: Observer;
}

/** Without those that stay as long as there are lockers. */
async function keysOf(servers: Servers, prefix: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const observer of servers.observers) {
    for (const key of await observer.keys()) {
      if (key.startsWith(prefix) && !servers.isLasting(key)) found.push({ key, observer });
    }
  }
  return found;
}
