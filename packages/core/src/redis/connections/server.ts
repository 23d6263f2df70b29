import { RedisUnsupportedError } from '../../errors.js';
import type { ServerFacts } from './client.js';

const OLDEST_REDIS = [7, 0] as const;
const OLDEST_VALKEY = [7, 2] as const;

/**
 * Checks that the server can serve locks, alone or in a cluster.
 *
 * @throws {RedisUnsupportedError} if it is too old, a sentinel, or a replica that is in no cluster.
 */
export async function greet(
  connection: { command(args: string[]): Promise<unknown> },
  address: string,
): Promise<ServerFacts> {
  const facts = factsOf(await connection.command(['HELLO']));
  const server = facts.get('server') ?? 'redis';
  const version = facts.get('version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = server === 'valkey' ? OLDEST_VALKEY : OLDEST_REDIS;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new RedisUnsupportedError(
      address,
      `it is ${server} ${version}; Redis 7.0 or Valkey 7.2 is the oldest that publishes to shard ` +
        'channels from a script',
    );
  }
  if (facts.get('mode') === 'sentinel') {
    throw new RedisUnsupportedError(address, 'it is a sentinel; connect to the master it names');
  }
  const mode = facts.get('mode') === 'cluster' ? 'cluster' : 'standalone';
  const role = facts.get('role') === 'replica' ? 'replica' : 'master';
  if (mode === 'standalone') {
    assertMaster(role, address);
    return { mode, role, id: '' };
  }
  return { mode, role, id: String(await connection.command(['CLUSTER', 'MYID'])) };
}

/** @throws {RedisUnsupportedError} if it is none. */
export function assertMaster(role: ServerFacts['role'], address: string): void {
  if (role === 'master') return;
  throw new RedisUnsupportedError(address, 'it is a replica; locks are taken at the master');
}

/** HELLO answers with a flat list under RESP 2 and with a map under RESP 3. Keeps what is text. */
export function factsOf(reply: unknown): Map<string, string> {
  const flat: unknown[] = Array.isArray(reply) ? reply : Object.entries(reply ?? {}).flat();
  const facts = new Map<string, string>();
  for (const [index, value] of flat.entries()) {
    const name = flat[index - 1];
    if (index % 2 === 1 && typeof name === 'string' && typeof value === 'string') {
      facts.set(name, value);
    }
  }
  return facts;
}
