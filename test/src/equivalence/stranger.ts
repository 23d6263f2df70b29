import type { StoreSession } from '../../../packages/core/dist/store/port.js';
import type { RawClient } from '../redis/raw-client.js';
import { ask } from './ask.js';
import type { Visit } from './steps.js';

/**
 * A client of another kind, with `SET key value NX PX ttl` and compare-and-delete. It stands in no
 * line and serves none. Says whether it succeeded.
 */
export type Stranger = (visit: Visit) => Promise<boolean>;

const TTL = 18_000;
/** No token of ours, and as little like one as can be. */
const VALUE = 'somebody';

const COMPARE_AND_DELETE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

export function strangerToRedis(client: RawClient): Stranger {
  return async ({ kind, key }) => {
    if (kind === 'stranger takes') {
      return (await client.command('SET', key, VALUE, 'NX', 'PX', String(TTL))) === 'OK';
    }
    return (await client.command('EVAL', COMPARE_AND_DELETE, '1', key, VALUE)) === 1;
  };
}

/** As what it is for the protocol: a holder with a token of its own. */
export function strangerInMemory(session: StoreSession): Stranger {
  const held = new Map<string, { readonly token: string; readonly fencingToken: number }>();
  let visits = 0;
  return async ({ kind, key }) => {
    if (kind === 'stranger takes') {
      visits += 1;
      const token = `stranger/${visits}`;
      const terms = { key, token, ttl: TTL, enqueue: false, ticket: undefined };
      const outcome = await ask(session, { kind: 'acquire', ...terms });
      if (outcome.kind !== 'granted') return false;
      held.set(key, { token, fencingToken: outcome.fencingToken });
      return true;
    }
    const grant = held.get(key) ?? { token: 'stranger/0', fencingToken: 0 };
    const operation = { kind: 'release', key, ...grant } as const;
    return (await ask(session, operation)).kind === 'released';
  };
}

/** In memory a stranger has a number, and cannot be stolen from as one who has none. */
export async function meetsStranger(line: RawClient, keys: readonly string[]): Promise<boolean> {
  const values = await line.command('MGET', ...keys);
  return (values as readonly unknown[]).includes(VALUE);
}

/**
 * In front of a line a stranger does what the protocol has no word for: it passes by the line. So it
 * does where several hold the lock, whose room nobody looks into.
 */
export async function passesBy(
  line: RawClient,
  base: string,
  { kind, key }: Visit,
): Promise<boolean> {
  const [value, queue] = await Promise.all([
    line.command('GET', key),
    line.command('EXISTS', `${base}queue:${key}`),
  ]);
  if (typeof value === 'string' && value.startsWith('room ')) return true;
  return queue === 1 && (kind === 'stranger releases' || typeof value !== 'string');
}
