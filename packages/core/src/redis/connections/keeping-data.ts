import { RedisUnsupportedError } from '../../errors.js';
import type { ConnectionSource } from './client.js';

/**
 * Connections to a server on which a grace can be relied on: one that tells its identity, and drops no
 * lock while it keeps what it knows of the time.
 */
export function keepingData(source: ConnectionSource): ConnectionSource {
  const { address } = source;
  return {
    ...source,
    at: (host, port) => keepingData(source.at(host, port)),
    async check(connection) {
      const greeting = await source.check(connection);
      const facts = String(await connection.command(['INFO', 'server', 'replication', 'memory']));
      if (!/^run_id:[0-9a-f]+\r?$/m.test(facts) || !/^master_replid2:[0-9a-f]+\r?$/m.test(facts)) {
        throw new RedisUnsupportedError(
          address,
          'grace: its INFO tells no run_id and no master_replid2, so a loss of data is not noticed',
        );
      }
      const [, policy = 'unknown'] = /^maxmemory_policy:(\S+)/m.exec(facts) ?? [];
      if (policy !== 'noeviction') {
        throw new RedisUnsupportedError(
          address,
          `grace: its maxmemory-policy is ${policy}, which can drop a lock alone; noeviction is needed`,
        );
      }
      return greeting;
    },
  };
}
