import { globOf } from '../store/glob.js';
import type { Failure } from '../store/terms.js';
import { type Catalogue, PAGE, type Span, type View, type Views } from '../store/view.js';
import type { Context } from './context.js';
import { passes, pauseAfter, silence } from './retry.js';

/** What is to be shown of one lock. Infinity: all. */
export interface Wanted {
  readonly holders: number;
  readonly waiting: number;
}

/** What a list shows of each lock, and of how many in one step: as much as of one lock. */
const OF_EACH: Span = { holders: 8, waiting: 0 };
const AT_ONCE = 128;

/** Shows locks to who asks for them. Changes nothing, so all is tried again until `commandTimeout`. */
export class Inspecting {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * One lock, in the pages that it takes: the first one has all that is counted, those after it only more
   * holders and waiters.
   *
   * @throws {RedisUnreachableError | RedisRefusedError | LockerClosedError} if nothing was answered.
   */
  async inspect(name: string, key: string, wanted: Wanted): Promise<readonly [View, ...View[]]> {
    const first = await this.#look(name, key, {
      holders: Math.min(wanted.holders, PAGE),
      waiting: Math.min(wanted.waiting, PAGE),
    });
    const pages: [View, ...View[]] = [first];
    for (let last = first; ;) {
      const span = nextSpan(pages, last, wanted);
      if (span === undefined) return pages;
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ends
      last = await this.#look(name, key, span);
      pages.push(last);
    }
  }

  /**
   * All locks that are held or waited for, whose names, behind the prefix, look like that. Each once.
   *
   * @throws as `inspect`.
   */
  async *list(prefix: string, match: string, limit: number): AsyncGenerator<View, void, undefined> {
    const { session } = this.#context;
    const isMeant = globOf(match);
    const seen = new Set<string>();
    let next: string | undefined;
    // oxlint-disable no-await-in-loop -- one page after the other, as far as somebody wants more
    do {
      const cursor = next;
      const found = await this.#ask<Catalogue>((time) =>
        session.browse(prefix, match, cursor, time),
      );
      const isNew = (key: string): boolean => !seen.has(key) && isMeant(key.slice(prefix.length));
      const keys = [...new Set(found.keys.filter(isNew))];
      for (let at = 0; at < keys.length; at += AT_ONCE) {
        const some = keys.slice(at, at + AT_ONCE);
        const { views } = await this.#ask<Views>((time) => session.look(some, OF_EACH, time));
        for (const view of views) {
          if (!isOurs(view, prefix)) continue;
          seen.add(view.key);
          yield view;
          if (seen.size >= limit) return;
        }
      }
      next = found.next;
    } while (next !== undefined);
    // oxlint-enable no-await-in-loop
  }

  async #look(name: string, key: string, span: Span): Promise<View> {
    const { session } = this.#context;
    const { views } = await this.#ask<Views>((time) => session.look([key], span, time), name);
    return views[0] as View;
  }

  async #ask<T extends Views | Catalogue>(
    ask: (silence: number) => Promise<T | Failure>,
    name?: string,
  ): Promise<T> {
    const { clock, agenda, keepAlive, commandTimeout } = this.#context;
    const until = clock.now() + commandTimeout;
    // oxlint-disable no-await-in-loop
    for (let attempts = 1; ; attempts += 1) {
      const answer = await keepAlive.during(ask(silence(this.#context, until)));
      if (!isFailure(answer)) return answer;
      const pause = pauseAfter(attempts);
      if (!passes(answer) || clock.now() + pause >= until) {
        throw name === undefined ? answer.error : answer.error.of(name, 'inspect');
      }
      await keepAlive.during(agenda.pause(pause));
    }
    // oxlint-enable no-await-in-loop
  }
}

function isFailure(answer: Views | Catalogue | Failure): answer is Failure {
  return answer.kind !== 'views' && answer.kind !== 'catalogue';
}

/** What comes behind the pages that are there; undefined: nothing, or nothing that is wanted. */
function nextSpan(pages: readonly View[], last: View, wanted: Wanted): Span | undefined {
  const waited = pages.reduce((sum, { waiting }) => sum + waiting.length, 0);
  const waiting = last.waiting.length > 0 ? Math.min(wanted.waiting, last.count) - waited : 0;
  const ends = pages.flatMap((page) => insideOf(page).map((one) => one.ends));
  const count = last.holding?.kind === 'room' ? last.holding.count : 0;
  const inside = new Set(pages.flatMap((page) => insideOf(page).map(({ token }) => token))).size;
  const holders = insideOf(last).length > 0 ? Math.min(wanted.holders, count) - inside : 0;
  if (waiting <= 0 && holders <= 0) return undefined;
  const endsFrom = ends.at(-1);
  // Many leases end in one moment, and those that are known of it come again.
  const again = ends.filter((end) => end === endsFrom).length;
  return {
    waiting: Math.min(Math.max(waiting, 0), PAGE),
    behind: last.waiting.at(-1)?.ticket,
    holders: holders > 0 ? Math.min(holders, PAGE) + again : 0,
    endsFrom,
  };
}

function insideOf({ holding }: View): readonly { readonly token: string; readonly ends: number }[] {
  return holding?.kind === 'room' ? holding.inside : [];
}

/** Whether it is a lock, and not what others keep under such a key. */
function isOurs({ holding, count }: View, prefix: string): boolean {
  if (count > 0 || holding === undefined) return count > 0;
  // With no prefix, every string of the database would be one.
  return holding.kind !== 'foreign' || (holding.type === 'string' && prefix !== '');
}
