import {
  type RedisCluster,
  type RedisClusterOptions,
  type RedisServer,
  startCluster,
} from '@holdfast/support';
import { slotOf } from '../../../packages/core/dist/redis/cluster/slot.js';
import { tagOf } from '../../../packages/core/dist/redis/cluster/tag.js';
import { until } from '../contract/patience.js';
import { RawClient } from '../redis/raw-client.js';

/** A node, and a program on it that does not know Holdfast. */
export interface Shard {
  readonly server: RedisServer;
  readonly client: RawClient;
  readonly id: string;
}

/** A slot on its way from one master to another: it is given to the other when its keys are there. */
export interface Move {
  /** Takes keys along. */
  take(...keys: string[]): Promise<void>;
  /** Takes all that is left along, and tells everybody. */
  finish(): Promise<void>;
}

/** As CLUSTER SLOTS tells it: first and last slot, and of the master host, port and id. */
type SlotRange = [first: number, last: number, master: [host: string, port: number, id: string]];

/** A cluster, and what an operator does with it. */
export class Shards implements AsyncDisposable {
  readonly cluster: RedisCluster;
  readonly all: readonly Shard[];

  private constructor(cluster: RedisCluster, all: readonly Shard[]) {
    this.cluster = cluster;
    this.all = all;
  }

  static async start(options?: RedisClusterOptions): Promise<Shards> {
    const cluster = await startCluster(options);
    const all = await Promise.all(
      cluster.nodes.map(async (server) => {
        const client = await RawClient.open(cluster.urlOf(server));
        return { server, client, id: String(await client.command('CLUSTER', 'MYID')) };
      }),
    );
    return new Shards(cluster, all);
  }

  get url(): string {
    return this.cluster.url;
  }

  urlOf({ server }: Shard): string {
    return this.cluster.urlOf(server);
  }

  /** A lock name in a slot of that master, which none of the other tests has. */
  async nameAt({ id }: Shard): Promise<string> {
    for (;;) {
      const name = `order:${Math.random().toString(36).slice(2)}`;
      if ((await this.ownerOf(`lock:${name}`)).id === id) return name;
    }
  }

  /** As the nodes that answer see it. */
  async ownerOf(key: string, seenBy: Shard = this.all[0] as Shard): Promise<Shard> {
    const slot = slotOf(key);
    const ranges = (await seenBy.client.command('CLUSTER', 'SLOTS')) as SlotRange[];
    const range = ranges.find(([first, last]) => first <= slot && slot <= last);
    return this.all.find(({ id }) => id === range?.[2][2]) as Shard;
  }

  /** Those that serve slots, as the first node sees it. */
  async masters(): Promise<Shard[]> {
    const [{ client }] = this.all as [Shard];
    const ranges = (await client.command('CLUSTER', 'SLOTS')) as SlotRange[];
    const ids = new Set(ranges.map(([, , [, , id]]) => id));
    return this.all.filter(({ id }) => ids.has(id));
  }

  /** Resolves when all nodes see that this one is a master, and those that follow one follow it. */
  async settled({ id }: Shard): Promise<void> {
    for (const { client } of this.all) {
      const isKnown = async (): Promise<boolean> => {
        const ranges = (await client.command('CLUSTER', 'SLOTS')) as SlotRange[];
        return ranges.some(([, , [, , master]]) => master === id);
      };
      await until(isKnown, 'the node is known as a master');
    }
    await this.cluster.ready();
  }

  async move(key: string, from: Shard, to: Shard): Promise<Move> {
    const slot = String(slotOf(key));
    await to.client.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
    await from.client.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
    const take = async (...keys: string[]): Promise<void> => {
      const port = String(to.server.port);
      await from.client.command('MIGRATE', '127.0.0.1', port, '', '0', '5000', 'KEYS', ...keys);
    };
    return {
      take,
      async finish() {
        for (;;) {
          const keys = (await from.client.command(
            'CLUSTER',
            'GETKEYSINSLOT',
            slot,
            '100',
          )) as string[];
          if (keys.length === 0) break;
          await take(...keys);
        }
        for (const { client } of [to, from]) {
          await client.command('CLUSTER', 'SETSLOT', slot, 'NODE', to.id);
        }
      },
    };
  }

  /** Resolves when so many lockers listen there for grants of locks in the slot of this one. */
  async listening(key: string, { client }: Shard, count: number): Promise<void> {
    const pattern = `${baseFor(key)}wake:*`;
    const isHeard = async (): Promise<boolean> => {
      const channels = (await client.command('PUBSUB', 'SHARDCHANNELS', pattern)) as string[];
      return channels.length === count;
    };
    await until(isHeard, `${count} listening`);
  }

  /** Resolves when so many stand in line for the lock key. */
  async queued(key: string, count: number): Promise<void> {
    const line = `${baseFor(key)}queue:${key}`;
    const isQueued = async (): Promise<boolean> => {
      const lengths = await Promise.all(
        this.all.map(({ client }) => client.command('ZCARD', line).catch(() => 0)),
      );
      return lengths.includes(count);
    };
    await until(isQueued, `${count} in line`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.all) await client[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }
}

/** What stands before the names of all that is kept beside a lock key. */
export function baseFor(key: string): string {
  return `holdfast:{${tagOf(slotOf(key))}}:`;
}
