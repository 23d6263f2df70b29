import { escaped, redisPatternOf } from '../../store/glob.js';
import type { Failure } from '../../store/port.js';
import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { Catalogue, Showing, Span, View, Views } from '../../store/view.js';
import type { Connection } from '../connections/connection.js';
import { codeOf, isForOneKey } from '../refusal.js';
import { QUEUE_PREFIX } from '../script/state.js';
import { type Asking, question } from './question.js';
import { DIGEST, SCRIPT } from './script.js';
import { viewsOf } from './view.js';

/**
 * So many places of the server's table one command goes through: many locks are found in few round
 * trips, and each takes no longer than a full batch.
 */
const BROWSED_AT_ONCE = '1000';

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

  async browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    // Locks and lines in one go: what stands in front of a line is part of what is left open.
    const pattern = `*${escaped(prefix)}${redisPatternOf(match)}`;
    const scan = ['SCAN', next ?? '0', 'MATCH', pattern, 'COUNT', BROWSED_AT_ONCE];
    const asked = await question(this.#asking, silence, (connection) => connection.command(scan));
    if (asked.kind !== 'answer') return asked;
    const [cursor, found] = asked.answer as [string, string[]];
    const keys = found.map(lockOf).filter((key) => key?.startsWith(prefix)) as string[];
    return { kind: 'catalogue', keys, next: cursor === '0' ? undefined : cursor };
  }
}

/** Which lock a key belongs to, itself or as its line; undefined: it says nothing of who is there. */
function lockOf(key: string): string | undefined {
  if (key.startsWith(QUEUE_PREFIX)) return key.slice(QUEUE_PREFIX.length);
  return key.startsWith(RESERVED_PREFIX) ? undefined : key;
}

async function lookAt(
  connection: Connection,
  keys: readonly string[],
  { holders, waiting, endsFrom, behind }: Span,
): Promise<View[]> {
  const from = endsFrom === undefined ? '(0' : String(endsFrom);
  const after = behind === undefined ? '-inf' : `(${behind}`;
  const args = [String(holders), String(waiting), from, after];
  const command = ['EVALSHA', DIGEST, String(keys.length), ...keys, ...args];
  try {
    return viewsOf(await run(connection, command), keys);
  } catch (error) {
    if (!(error instanceof Error) || keys.length === 1 || !isForOneKey(error.message)) throw error;
    const span = { holders, waiting, endsFrom, behind };
    const each = await Promise.all(keys.map((key) => lookIfAllowed(connection, key, span)));
    return each.flat();
  }
}

async function lookIfAllowed(connection: Connection, key: string, span: Span): Promise<View[]> {
  try {
    return await lookAt(connection, [key], span);
  } catch (error) {
    if (error instanceof Error && isForOneKey(error.message)) return [];
    throw error;
  }
}

/** NOSCRIPT: the server was restarted or its scripts were flushed. */
async function run(connection: Connection, command: string[]): Promise<unknown> {
  try {
    return await connection.command(command);
  } catch (error) {
    if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
    await connection.command(['SCRIPT', 'LOAD', SCRIPT]);
    return connection.command(command);
  }
}
