import type { Action, Reaction } from './action.js';
import type { Party } from './party.js';
import type { World } from './world.js';

/** What a locker's process can notice of an action; the others happen elsewhere. */
const NOTICED: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'acquire',
  'acquire all',
  'abort',
  'renew',
  'release',
  'hand over',
  'share',
  'force',
  'adopt',
  'close',
  'wake',
  'send',
  'answer',
  'cut',
  'unsent',
  'refuse',
  'reconnect',
  'restore',
  'hear',
  'break',
  'learn',
]);

/** Histories by what came before and what came last: the same number, the same history. */
const numbers = new Map<string, number>();

/** What was remembered of one exploration is of no use to the next. */
export function forgetHistories(): void {
  numbers.clear();
}

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
    // What a server refuses is told at once.
    const request = world.parties[party]?.session.requests[place];
    const isRefused = kind === 'serve' && request !== undefined;
    const what = isRefused && world.server.refuses(request.operation) ? 'refuse' : kind;
    if (!NOTICED.has(what)) return;
    this.#add(party, `${world.now} ${what} ${whatIsNoticed(world, { kind: what, party, place })}`);
  }

  /** Somebody who was called back did something. */
  noteReaction(party: number, reaction: Reaction): void {
    this.#add(party, reaction);
  }

  #add(party: number, what: string): void {
    const event = `${this.of(party)} ${what}`;
    const known = numbers.get(event) ?? numbers.size + 1;
    numbers.set(event, known);
    this.#of[party] = known;
  }
}

function whatIsNoticed(world: World, { kind, party, place }: Action): string {
  const { requests, wake } = (world.parties[party] as Party).session;
  switch (kind) {
    // Requests and letters by their content: their places depend on what else is under way.
    case 'send':
    case 'cut':
    case 'unsent':
    case 'refuse':
      return requests[place]?.asked ?? '';
    case 'answer':
      return `${requests[place]?.asked}${requests[place]?.said}`;
    case 'adopt':
      return JSON.stringify(world.letters[place]);
    case 'hear':
      return `${place} ${JSON.stringify(wake.find(place).messages[0])}`;
    default:
      return String(place);
  }
}
