import { setTimeout as elapse } from 'node:timers/promises';
import { type RedisCluster, type RedisServer, startCluster } from '@holdfast/support';
import { slotOf } from '../../../../packages/core/dist/redis/cluster/slot.js';
import { baseFor } from '../../cluster/shards.js';
import { Observer } from '../../faults/observer.js';
import { Deck, randomOf } from '../random.js';
import { LONGED_FOR } from '../worker/choice.js';
import { eventually } from './eventually.js';
import type { Doors, Servers, ServersTerms, Where } from './servers.js';

const PARTS = 3;

/**
 * After so long a node is taken for gone, in ms: if no write is to be lost, longer than a fault keeps one
 * from answering.
 */
const NODE_TIMEOUT = { keepsData: 8_000, losesData: 1_500 };

interface Node {
  readonly server: RedisServer;
  readonly observer: Observer;
  readonly id: string;
}

/** Three masters, each with a replica. */
export class Cluster implements Servers {
  readonly ports: readonly number[];
  surprises = 0;
  readonly #cluster: RedisCluster;
  /** Those of one part, a third of the slots and some, are three places apart. */
  readonly #nodes: readonly Node[];
  readonly #timeout: number;
  readonly #losesData: boolean;
  readonly #parts: Deck<number>;
  readonly #locks: Deck<string>;
  readonly #random: () => number;
  /** When the masters were asked last to vote about a part. */
  readonly #votes = new Map<number, number>();
  #masters: readonly Node[];

  private constructor(
    cluster: RedisCluster,
    nodes: readonly Node[],
    { seed, losesData }: ServersTerms,
  ) {
    this.#cluster = cluster;
    this.#nodes = nodes;
    this.#masters = nodes.slice(0, PARTS);
    this.#losesData = losesData;
    this.#timeout = losesData ? NODE_TIMEOUT.losesData : NODE_TIMEOUT.keepsData;
    this.#random = randomOf(seed, PARTS);
    this.#parts = new Deck([...Array(PARTS).keys()], this.#random);
    this.#locks = new Deck(LONGED_FOR, this.#random);
    this.ports = nodes.map(({ server }) => server.port);
  }

  static async open(terms: ServersTerms): Promise<Cluster> {
    const nodeTimeout = terms.losesData ? NODE_TIMEOUT.losesData : NODE_TIMEOUT.keepsData;
    const args = ['--cluster-allow-replica-migration', 'no', ...terms.args];
    const cluster = await startCluster({ masters: PARTS, nodeTimeout, args, logs: terms.folder });
    const nodes = await Promise.all(
      cluster.nodes.map(async (server) => {
        const observer = await Observer.open(server.url);
        return { server, observer, id: String(await observer.send('CLUSTER', 'MYID')) };
      }),
    );
    return new Cluster(cluster, nodes, terms);
  }

  whereBy(doors: Doors): Where {
    const reached = Object.entries(doors).map(
      ([port, door]) => [`127.0.0.1:${port}`, { host: '127.0.0.1', port: door }] as const,
    );
    return {
      cluster: {
        rootNodes: reached.map(([, address]) => ({ socket: address })),
        nodeAddressMap: Object.fromEntries(reached),
      },
    };
  }

  get observers(): readonly Observer[] {
    return this.#masters.map(({ observer }) => observer);
  }

  lineOf(lock: string): string {
    const key = `lock:${lock}`;
    return `${baseFor(key)}queue:${key}`;
  }

  isLasting(key: string): boolean {
    return /^holdfast:\{\w{3}\}:(clock$|epoch:)/.test(key);
  }

  next(): RedisServer {
    return this.#masterOf(this.#parts.deal()).server;
  }

  revive(server: RedisServer, args?: readonly string[]): Promise<void> {
    return server.start(args);
  }

  async changePlaces(): Promise<void> {
    await this.#vote();
  }

  async takeOver(): Promise<void> {
    await this.#vote('FORCE');
  }

  async replaced(server: RedisServer): Promise<void> {
    const place = this.#nodes.findIndex((node) => node.server === server);
    const other = this.#nodes[(place + PARTS) % this.#nodes.length] as Node;
    this.#votes.set(place % PARTS, performance.now());
    await eventually('another master', () => isMaster(other));
    this.#masters = this.#masters.map((node) => (node.server === server ? other : node));
  }

  async moveSlots(count: number, time: number): Promise<void> {
    const keys = Array.from({ length: count }, () => `lock:${this.#locks.deal()}`);
    const slots = [...new Set(keys.map(slotOf))];
    const moves = await Promise.all(slots.map((slot) => this.#beginMove(slot)));
    for (const { slot, from, to } of moves) await migrate(slot, from, to, this.#random());
    await elapse(time);
    for (const { slot, from, to } of moves) {
      while ((await migrate(slot, from, to, 1)) > 0);
      for (const { observer } of new Set([to, from, ...this.#masters])) {
        await observer.send('CLUSTER', 'SETSLOT', String(slot), 'NODE', to.id);
      }
      // Two that take slots at the same time may not know of each other's epoch; then a slot is nobody's for ever.
      await this.#agreed();
    }
  }

  async settled(): Promise<void> {
    await this.#agreed();
    await this.#cluster.ready();
    const masters: Node[] = [];
    for (const node of this.#nodes) if (await isMaster(node)) masters.push(node);
    if (!this.#losesData) {
      this.surprises += masters.filter((node) => !this.#masters.includes(node)).length;
    }
    this.#masters = masters;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { observer } of this.#nodes) await observer[Symbol.asyncDispose]();
    await this.#cluster[Symbol.asyncDispose]();
  }

  async #agreed(): Promise<void> {
    await eventually('all nodes agree, and are copied', async () => {
      const views = await Promise.all(this.#nodes.map(viewOf));
      if (new Set(views).size > 1) throw new Error(`They differ:\n${views.join('\n')}`);
      return views[0] !== undefined;
    });
  }

  #masterOf(part: number): Node {
    const [one, other] = [this.#nodes[part] as Node, this.#nodes[part + PARTS] as Node];
    return this.#masters.includes(other) ? other : one;
  }

  /** They do so for the same part once in twice the time after which a node is gone. */
  async #vote(...how: readonly string[]): Promise<void> {
    const [part] = [...Array(PARTS).keys()].toSorted(
      (one, other) => (this.#votes.get(one) ?? 0) - (this.#votes.get(other) ?? 0),
    ) as [number];
    const master = this.#masterOf(part);
    const replica = this.#nodes.find(
      (node, place) => place % PARTS === part && node !== master,
    ) as Node;
    const due = (this.#votes.get(part) ?? -Infinity) + 2 * this.#timeout + 500;
    await elapse(Math.max(0, due - performance.now()));
    let asked = -Infinity;
    await eventually('the replica is the master', async () => {
      if (await isMaster(replica)) return true;
      // One that got no votes in time has to be told again.
      if (performance.now() - asked > 2 * this.#timeout + 500) {
        asked = performance.now();
        await replica.observer.send('CLUSTER', 'FAILOVER', ...how);
      }
      return false;
    });
    this.#votes.set(part, performance.now());
    this.#masters = this.#masters.map((node) => (node === master ? replica : node));
  }

  async #beginMove(slot: number): Promise<{ slot: number; from: Node; to: Node }> {
    const owner = await this.#ownerOf(slot);
    const others = this.#masters.filter((node) => node !== owner);
    const to = others[Math.floor(this.#random() * others.length)] as Node;
    await to.observer.send('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', owner.id);
    await owner.observer.send('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', to.id);
    return { slot, from: owner, to };
  }

  async #ownerOf(slot: number): Promise<Node> {
    const [{ observer }] = this.#masters as [Node];
    type Range = [first: number, last: number, master: [host: string, port: number, id: string]];
    const ranges = (await observer.send('CLUSTER', 'SLOTS')) as Range[];
    const [, , [, , id]] = ranges.find(([first, last]) => first <= slot && slot <= last) as Range;
    return this.#nodes.find((node) => node.id === id) as Node;
  }
}

/** Takes this part of the keys that are there along; returns how many there were. */
async function migrate(slot: number, from: Node, to: Node, part: number): Promise<number> {
  const keys = (await from.observer.send(
    'CLUSTER',
    'GETKEYSINSLOT',
    String(slot),
    '1000',
  )) as string[];
  const some = keys.slice(0, Math.ceil(keys.length * part));
  if (some.length > 0) {
    const address = ['127.0.0.1', String(to.server.port)];
    await from.observer.send('MIGRATE', ...address, '', '0', '5000', 'KEYS', ...some);
  }
  return keys.length;
}

async function isMaster({ observer }: Node): Promise<boolean> {
  return String(await observer.send('INFO', 'replication')).includes('role:master');
}

/** Who serves what and who copies whom, as one node sees it; undefined: something is amiss. */
async function viewOf({ observer }: Node): Promise<string | undefined> {
  const lines = String(await observer.send('CLUSTER', 'NODES'))
    .trim()
    .split('\n');
  const nodes = lines.map((line) => {
    const [id, , flags = '', master, , , , link, ...slots] = line.split(' ');
    const isWell = /^(myself,)?(master|slave)$/.test(flags) && link === 'connected';
    return isWell ? [id, master, ...slots.filter((slot) => !slot.startsWith('['))].join(' ') : '';
  });
  return nodes.includes('') ? undefined : nodes.toSorted().join('\n');
}
