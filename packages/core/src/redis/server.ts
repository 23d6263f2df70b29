import { RedisUnsupportedError } from '../errors.js';

const OLDEST_REDIS = [7, 0] as const;
const OLDEST_VALKEY = [7, 2] as const;

/**
 * Checks that the server can serve locks.
 *
 * @throws {RedisUnsupportedError} if it is too old, not a master, or a node of a cluster.
 */
export async function assertSupported(
  connection: { command(args: string[]): Promise<unknown> },
  address: string,
): Promise<void> {
  const facts = factsOf(await connection.command(['HELLO']));
  const server = String(facts.get('server') ?? 'redis');
  const version = String(facts.get('version') ?? '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = server === 'valkey' ? OLDEST_VALKEY : OLDEST_REDIS;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new RedisUnsupportedError(
      address,
      `it is ${server} ${version}; Redis 7.0 or Valkey 7.2 is the oldest that publishes to shard ` +
        'channels from a script',
    );
  }
  if (facts.get('mode') === 'cluster') {
    throw new RedisUnsupportedError(address, 'it is a node of a cluster, which is not supported');
  }
  if (facts.get('mode') === 'sentinel') {
    throw new RedisUnsupportedError(address, 'it is a sentinel; connect to the master it names');
  }
  if (facts.get('role') === 'replica') {
    throw new RedisUnsupportedError(address, 'it is a replica; locks are taken at the master');
  }
}

/** HELLO answers with a flat list under RESP 2 and with a map under RESP 3. */
function factsOf(reply: unknown): Map<string, unknown> {
  const facts = new Map<string, unknown>();
  if (Array.isArray(reply)) {
    for (let index = 0; index + 1 < reply.length; index += 2) {
      facts.set(String(reply[index]), reply[index + 1]);
    }
  } else if (typeof reply === 'object' && reply !== null) {
    for (const [name, value] of Object.entries(reply)) facts.set(name, value);
  }
  return facts;
}
