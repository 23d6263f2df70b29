import type { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import type { Dialect } from '../commit/dialect.js';
import { GroupCommit } from '../commit/group-commit.js';
import type { ReplicationTerms } from '../commit/replication.js';
import type { ConnectionSource } from '../connections/client.js';
import { assertMaster } from '../connections/server.js';
import { Pool, type PoolLimits } from '../connections/pool.js';
import { ClusterExchange, type Ways } from './cluster-exchange.js';
import { NodeWake } from './node-wake.js';

/**
 * Each slot has rules and a clock of its own: a few of them keep the server busy for as long as it takes
 * to make up the next batch.
 */
const WORTH_SHARING = 8;

export interface ClusterNodeOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly pool: PoolLimits;
  /** In ms. */
  readonly commandTimeout: number;
  readonly dialect: Dialect;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication: ReplicationTerms | undefined;
}

/** A master of a cluster, and what serves it. Its connections are opened when they are needed. */
export class ClusterNode {
  /** For messages. */
  readonly address: string;
  readonly host: string;
  readonly source: ConnectionSource;
  readonly pool: Pool;
  readonly commit: GroupCommit;
  readonly wake: NodeWake;

  constructor(source: ConnectionSource, ways: Ways, options: ClusterNodeOptions) {
    const { clock, agenda, pool: limits, commandTimeout, dialect, replication } = options;
    const checked = checkedForMaster(source);
    this.address = source.address;
    this.host = source.host;
    this.source = checked;
    this.pool = new Pool(checked, { ...limits, clock, agenda });
    const exchange = new ClusterExchange(this, clock, ways, dialect, replication);
    const terms = { clock, agenda, commandTimeout, replication, worthSharing: WORTH_SHARING };
    this.commit = new GroupCommit(this.address, this.pool, exchange, terms);
    this.wake = new NodeWake(checked, { clock, agenda });
  }

  /** It serves nothing any more. What is under way there is as good as not answered. */
  retire(): void {
    this.wake.close();
    this.pool.close();
  }

  close(): void {
    this.commit.close();
    this.wake.close();
    this.pool.close();
  }
}

/** A replica would take subscriptions, and never count them. */
function checkedForMaster(source: ConnectionSource): ConnectionSource {
  return {
    ...source,
    async check(connection) {
      const facts = await source.check(connection);
      assertMaster(facts.role, source.address);
      return facts;
    },
  };
}
