import { topologyTopic } from '../../diagnostics.js';
import { RedisUnreachableError } from '../../errors.js';
import { quote } from '../../quote.js';
import {
  type NodeAddress,
  type NodeAddressMap,
  nameOf,
  reachedAt,
} from '../cluster/node-address.js';
import type { ConnectionSource, NodeRedisClient, ServerFacts } from '../connections/client.js';
import type { Timing } from '../connections/connection.js';
import { elect, type Vote } from './election.js';
import { Reign } from './reign.js';
import { type Peer, Sentinel, type SentinelRooms } from './sentinel.js';

/**
 * Sentinels tell each other of a new master every 2 s. For so long, in ms, a former one is not believed
 * in again because most of them do not know of the new one yet.
 */
const SPREADING = 3_000;

type Votes = readonly Promise<Vote | undefined>[];

/** Where a master is found. */
export interface SentinelSource {
  /** Of the master, as the sentinels call it. */
  readonly name: string;
  readonly roots: readonly NodeAddress[];
  /** Connections to sentinels are like these, and those to the servers that they name like those. */
  readonly sentinels: ConnectionSource;
  readonly servers: ConnectionSource;
  readonly nodeAddressMap: NodeAddressMap | undefined;
}

/**
 * The sentinels of one master, all that are known: whoever most of them name is the master. Each new
 * connection is judged by them, and all connections end when one of them tells of another master.
 */
export class Sentinels implements ConnectionSource {
  /** Where they are, for messages. */
  readonly address: string;
  readonly connectTimeout: number;
  readonly #source: SentinelSource;
  readonly #rooms: SentinelRooms;
  /** By where they are reached; and those that cannot be forgotten. */
  readonly #all = new Map<string, Sentinel>();
  readonly #roots: ReadonlySet<string>;
  #reign: Reign | undefined;
  /** The former master, by what one of them told, and until when it is not believed in. */
  #former: { readonly address: string; readonly until: number } | undefined;
  #closed = false;

  constructor(source: SentinelSource, timing: Timing) {
    const { name, roots, servers } = source;
    this.address = addressOfSentinels(source);
    this.connectTimeout = servers.connectTimeout;
    this.#source = source;
    this.#rooms = {
      timing,
      name,
      told: (sentinel, named, peers) => this.#onTold(sentinel, named, peers),
      replaced: (by) => this.#onReplaced(by),
    };
    for (const root of roots) this.#add(root);
    this.#roots = new Set(this.#all.keys());
  }

  /**
   * Finds the master.
   *
   * @throws {RedisUnreachableError} if the sentinels do not name one.
   */
  async open(): Promise<void> {
    const { elected, votes } = this.#elect();
    const named = await elected;
    if (named === undefined) throw this.#undecided(await Promise.all(votes));
    this.#reign = this.#reignOf(named);
  }

  /** The master, as far as is known. */
  get current(): Reign {
    if (this.#reign === undefined) throw new Error('the master was not looked for yet');
    return this.#reign;
  }

  get host(): string {
    return this.current.host;
  }

  create(): NodeRedisClient {
    return this.current.create();
  }

  check(connection: Parameters<ConnectionSource['check']>[0]): Promise<ServerFacts> {
    return this.current.check(connection);
  }

  at(host: string, port: number): ConnectionSource {
    return this.#source.servers.at(host, port);
  }

  /** Something is wrong with the master: perhaps there is another one. */
  async review(): Promise<void> {
    const before = this.#reign;
    const named = await this.#elect().elected;
    // What was told meanwhile is newer than what was asked for.
    if (named !== undefined && this.#reign === before && !this.#closed) this.#learn(named);
  }

  close(): void {
    this.#closed = true;
    for (const sentinel of this.#all.values()) sentinel.close();
  }

  /** Whom most of them name, those that are being reached included. */
  #elect(): { readonly elected: Promise<NodeAddress | undefined>; readonly votes: Votes } {
    const votes = [...this.#all.values()].map((sentinel) => sentinel.vote());
    return { elected: elect(votes), votes };
  }

  /** @throws {RedisUnreachableError} unless most of them name that master now. */
  async #confirm(reign: Reign): Promise<void> {
    const { elected, votes } = this.#elect();
    const named = await elected;
    if (this.#reign !== reign) throw notTheMaster(reign.address);
    if (named === undefined) throw this.#undecided(await Promise.all(votes));
    this.#learn(named);
    if (this.#isElsewhere(reign, named)) throw notTheMaster(reign.address);
  }

  /** What most of them say. */
  #learn(named: NodeAddress): void {
    const reign = this.#reign;
    if (reign === undefined || !this.#isElsewhere(reign, named)) return;
    const { address } = this.#serverAt(named);
    const former = this.#former;
    const isPast = former?.address === address && this.#rooms.timing.clock.now() < former.until;
    if (!isPast) this.#replace(reign, named);
  }

  /** What one of them told: that may be before most of them know. */
  #onReplaced(by: NodeAddress): void {
    const reign = this.#reign;
    if (this.#closed || reign === undefined || !this.#isElsewhere(reign, by)) return;
    const until = this.#rooms.timing.clock.now() + SPREADING;
    this.#former = { address: reign.address, until };
    this.#replace(reign, by);
    void this.review();
  }

  #replace(former: Reign, by: NodeAddress): void {
    const reign = this.#reignOf(by);
    this.#reign = reign;
    former.end(notTheMaster(former.address));
    if (topologyTopic.heard) {
      const { address } = this;
      topologyTopic.publish({ address, from: former.address, to: reign.address, slots: [] });
    }
  }

  #onTold(sentinel: Sentinel, named: NodeAddress | undefined, peers: readonly Peer[]): void {
    const reign = this.#reign;
    if (this.#closed || reign === undefined || named === undefined) return;
    // Who does not name the master does not say either who else has a say.
    if (this.#isElsewhere(reign, named)) void this.review();
    else this.#meet(sentinel, peers);
  }

  /** Those that are new have a say from now on; those that cannot be reached, and nobody knows, no more. */
  #meet(sentinel: Sentinel, peers: readonly Peer[]): void {
    const others = [...this.#all].filter(([, other]) => other !== sentinel);
    const listed = new Set<string>();
    for (const { id, address } of peers) {
      const known = others.find(([, other]) => other.id === id);
      listed.add(known?.[0] ?? this.#add(address));
    }
    for (const [place, other] of others) {
      if (listed.has(place) || this.#roots.has(place) || other.id !== undefined) continue;
      other.close();
      this.#all.delete(place);
    }
  }

  /** Returns where it is reached. */
  #add(address: NodeAddress): string {
    const { host, port } = reachedAt(address, this.#source.nodeAddressMap);
    const source = this.#source.sentinels.at(host, port);
    if (!this.#all.has(source.address)) {
      this.#all.set(source.address, new Sentinel(source, this.#rooms));
    }
    return source.address;
  }

  #reignOf(named: NodeAddress): Reign {
    return new Reign(this.#serverAt(named), (reign) => this.#confirm(reign));
  }

  #serverAt(named: NodeAddress): ConnectionSource {
    const { host, port } = reachedAt(named, this.#source.nodeAddressMap);
    return this.#source.servers.at(host, port);
  }

  #isElsewhere(reign: Reign, named: NodeAddress): boolean {
    return reign.address !== this.#serverAt(named).address;
  }

  #undecided(votes: readonly (Vote | undefined)[]): RedisUnreachableError {
    const { name } = this.#source;
    const answers = votes.filter((vote) => vote !== undefined);
    if (answers.length === 0) {
      const [sentinel] = this.#all.values();
      return new RedisUnreachableError(this.address, 'cannot be found', sentinel?.failure);
    }
    const named = answers.flatMap((vote) => (vote.named === undefined ? [] : [nameOf(vote.named)]));
    const why =
      named.length === 0
        ? `no sentinel knows a master named ${quote(name)}`
        : `the sentinels do not agree on a master: ${named.join(', ')}`;
    return new RedisUnreachableError(this.address, 'cannot be found', new Error(why));
  }
}

/** For messages. */
export function addressOfSentinels({ roots, name }: SentinelSource): string {
  return `redis+sentinel://${roots.map(nameOf).join(',')}/${name}`;
}

function notTheMaster(address: string): RedisUnreachableError {
  return new RedisUnreachableError(address, 'is not what the sentinels name as the master');
}
