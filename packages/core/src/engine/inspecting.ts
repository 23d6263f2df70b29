import { globOf } from '../store/glob.js';
import type { Failure } from '../store/terms.js';
import type { Catalogue, GraceSought, Span, View, Views } from '../store/view.js';
import type { Context } from './context.js';
import { Paging, type Wanted } from './paging.js';
import { passes, pauseAfter, silence } from './retry.js';

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
   * One lock, in the pages that it takes: the first one has all that is counted, and the grace, those after
   * it only more holders and waiters.
   *
   * @throws {RedisUnreachableError | RedisRefusedError | LockerClosedError} if nothing was answered.
   */
  async inspect(
    name: string,
    key: string,
    wanted: Wanted,
    grace: GraceSought | undefined,
  ): Promise<readonly [View, ...View[]]> {
    const paging = new Paging(wanted);
    const first = await this.#look(name, key, { ...paging.first, grace });
    const pages: [View, ...View[]] = [first];
    for (let next = paging.after(first, paging.first); next !== undefined;) {
      // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ends
      const page = await this.#look(name, key, next);
      pages.push(page);
      next = paging.after(page, next);
    }
    return pages;
  }

  /**
   * All locks that are held or waited for, whose names, behind the prefix, look like that. Each once.
   *
   * @throws as `inspect`.
   */
  async *list(
    prefix: string,
    match: string,
    limit: number,
    grace: GraceSought | undefined,
  ): AsyncGenerator<View, void, undefined> {
    const span = { ...OF_EACH, grace };
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
        const { views } = await this.#ask<Views>((time) => session.look(some, span, time));
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

/** Whether it is a lock, and not what others keep under such a key. */
function isOurs({ holding, count }: View, prefix: string): boolean {
  if (count > 0 || holding === undefined) return count > 0;
  // With no prefix, every string of the database would be one.
  return holding.kind !== 'foreign' || (holding.type === 'string' && prefix !== '');
}
