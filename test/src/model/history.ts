import type { Action } from './action.js';
import type { Party } from './party.js';
import type { World } from './world.js';

/** What a locker's process can notice of an action; the others happen elsewhere. */
const NOTICED: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'acquire',
  'abort',
  'renew',
  'release',
  'wake',
  'answer',
  'cut',
  'restore',
  'hear',
  'break',
]);

/** Histories by what came before and what came last: the same number, the same history. */
const numbers = new Map<string, number>();

/**
 * What each process has noticed so far, and when. An engine's state follows from that alone, so it
 * need not be looked into: two worlds whose processes have noticed the same are the same to them,
 * in whatever order it happened elsewhere.
 */
export class History {
  readonly #of: number[];

  constructor(parties: readonly Party[]) {
    this.#of = parties.map(() => 0);
  }

  of(party: number): number {
    return this.#of[party] as number;
  }

  /** To be called before the action is taken. */
  note(world: World, { kind, party, place }: Action): void {
    if (kind === 'crash') this.#of[party] = 0;
    if (!NOTICED.has(kind)) return;
    const { requests, messages } = (world.parties[party] as Party).session;
    // A request by its content: its place depends on what else is under way.
    const request = kind === 'answer' || kind === 'cut' ? requests[place] : undefined;
    const grant = kind === 'hear' && messages[0]?.kind === 'grant' ? messages[0].grant : undefined;
    let event = `${this.of(party)} ${world.now} ${kind} `;
    if (request !== undefined)
      event += kind === 'cut' ? request.asked : request.asked + request.said;
    else if (grant !== undefined) event += `${grant.token} ${grant.fencingToken}`;
    else event += place;
    const known = numbers.get(event) ?? numbers.size + 1;
    numbers.set(event, known);
    this.#of[party] = known;
  }
}
