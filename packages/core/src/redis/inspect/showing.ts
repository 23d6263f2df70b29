import { escaped, redisPatternOf } from '../../store/glob.js';
import type { Failure } from '../../store/port.js';
import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { Catalogue, Showing, Span, Views } from '../../store/view.js';
import { QUEUE } from '../script/state.js';
import { lookAt } from './look-at.js';
import { type Asking, question } from './question.js';

/**
 * So many places of the server's table one command goes through: many locks are found in few round
 * trips, and each takes no longer than a full batch.
 */
const BROWSED_AT_ONCE = '1000';

/** What stands before a lock key in the key of its line; in a cluster, with a tag. */
const LINE = new RegExp(`^${RESERVED_PREFIX}(?:\\{\\w{3}\\}:)?${QUEUE}`);

/** What stands in one server, shown. */
export class RedisShowing implements Showing {
  readonly #asking: Asking;

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  async look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure> {
    const asked = await question(this.#asking, silence, (connection) =>
      lookAt(connection, keys, span),
    );
    return asked.kind === 'answer' ? { kind: 'views', views: asked.answer } : asked;
  }

  browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    return browse(this.#asking, prefix, match, next, silence);
  }
}

/** Goes through one server. */
export async function browse(
  asking: Asking,
  prefix: string,
  match: string,
  next: string | undefined,
  silence: number,
): Promise<Catalogue | Failure> {
  // Locks and lines in one go: what stands in front of a line is part of what is left open.
  const pattern = `*${escaped(prefix)}${redisPatternOf(match)}`;
  const scan = ['SCAN', next ?? '0', 'MATCH', pattern, 'COUNT', BROWSED_AT_ONCE];
  const asked = await question(asking, silence, (connection) => connection.command(scan));
  if (asked.kind !== 'answer') return asked;
  const [cursor, found] = asked.answer as [string, string[]];
  const keys = found.map(lockOf).filter((key) => key?.startsWith(prefix)) as string[];
  return { kind: 'catalogue', keys, next: cursor === '0' ? undefined : cursor };
}

/** Which lock a key belongs to, itself or as its line; undefined: it says nothing of who is there. */
function lockOf(key: string): string | undefined {
  if (!key.startsWith(RESERVED_PREFIX)) return key;
  const [line] = LINE.exec(key) ?? [];
  return line === undefined ? undefined : key.slice(line.length);
}
