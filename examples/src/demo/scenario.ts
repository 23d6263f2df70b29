import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from './crew.js';

export const CAST = ['anna', 'ben', 'cleo', 'dave', 'emma'] as const;

/** The lease of act one, in ms: so long the others wait for whoever crashed. */
export const TTL = 1_000;

/** Who works for longer than the lease lasts, and who is killed at work. */
export const LONG = 'ben';
export const VICTIM = 'dave';

const LONG_WORK = 1_500;
const SHORT_WORK = 350;
const KILL_AFTER = 200;

/** Lets the next one ask: the order in the drawing is then the order in the line, also on a busy machine. */
const STAGGER = 100;

export interface Ledger {
  /** Settles when this actor holds a lock. */
  held(who: string): Promise<void>;
}

/** Act one: all want the same lock, each once; one is killed in the middle of its work. */
export async function contend(actors: readonly Actor[], ledger: Ledger): Promise<void> {
  const victim = actors.find((actor) => actor.who === VICTIM);
  const crash = ledger.held(VICTIM).then(async () => {
    await sleep(KILL_AFTER);
    await victim?.kill();
  });
  const ended = [crash];
  for (const actor of actors) {
    const work = actor.work({
      lock: 'order:42',
      ttl: TTL,
      work: actor.who === LONG ? LONG_WORK : SHORT_WORK,
    });
    ended.push(actor === victim ? work.catch(() => {}) : work);
    await sleep(STAGGER);
  }
  await Promise.all(ended);
}

/** The locks of act two. */
export const DESKS = ['A', 'B', 'C'] as const;
const DESK_WORK = 200;

/** Act two: each visits every desk, from a desk of its own on; a desk serves one at a time. */
export async function visit(actors: readonly Actor[]): Promise<void> {
  const visits = actors.map(async (actor, place) => {
    for (const step of DESKS.keys()) {
      const lock = DESKS[(place + step) % DESKS.length] ?? 'A';
      await actor.work({ lock, ttl: TTL, work: DESK_WORK });
    }
  });
  await Promise.all(visits);
}
