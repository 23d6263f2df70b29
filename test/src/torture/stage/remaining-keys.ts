import { setTimeout as elapse } from 'node:timers/promises';
import type { Observer } from '../../faults/observer.js';
import { now } from '../clock.js';
import { LONGEST_TTL } from '../worker/choice.js';

/** A line that nobody asks about is dropped after 30 s; a lock that nobody has, after its ttl. */
const LINE_LIFETIME = 30_000;
const SLACK = 1_000;

/** The keys that are still there when nothing may be, after everybody has left. */
export async function remainingKeys(observer: Observer): Promise<string[]> {
  const left = async (part: string): Promise<string[]> =>
    (await observer.keys()).filter((key) => key.startsWith(part));
  const locks = await outlived(() => left('lock:'), LONGEST_TTL);
  const others = await outlived(
    async () => (await left('')).filter((key) => key !== 'holdfast:clock'),
    LINE_LIFETIME,
  );
  return [...new Set([...locks, ...others])].map((key) => `The key ${key} was still there.`);
}

async function outlived(look: () => Promise<string[]>, lifetime: number): Promise<string[]> {
  const limit = now() + lifetime + SLACK;
  for (;;) {
    const found = await look();
    if (found.length === 0 || now() > limit) return found;
    await elapse(50);
  }
}
