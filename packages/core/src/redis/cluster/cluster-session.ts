import { RedisUnreachableError } from '../../errors.js';
import type { Agenda } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { realTime } from '../../runtime/real-time.js';
import type {
  Failure,
  Grant,
  GrantChannel,
  Operation,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../../store/port.js';
import type { Grace } from '../../store/grace.js';
import { lockerIdOf } from '../../store/protocol.js';
import type { Catalogue, Span, Views } from '../../store/view.js';
import { neutrally } from '../../runtime/neutral.js';
import { wakeChannelOf } from '../commit/batch.js';
import { dialectFor } from '../commit/graced.js';
import type { Entry } from '../commit/entry.js';
import { failAll } from '../commit/entry.js';
import type { ReplicationTerms } from '../commit/replication.js';
import type { ConnectionSource } from '../connections/client.js';
import type { PoolLimits } from '../connections/pool.js';
import { closed, notSent, unlessClosed } from '../failures.js';
import type { ClusterSource } from './cluster-source.js';
import { ClusterNode } from './cluster-node.js';
import { Epochs } from './epochs.js';
import { ClusterShowing } from './cluster-showing.js';
import type { Moves } from './moves.js';
import { type NodeAddress, reachedAt } from './node-address.js';
import { type Redirection, redirectionOf } from './redirection.js';
import { SlotChannels } from './slot-channels.js';
import { SlotEntry } from './slot-entry.js';
import { SlotInquiry } from './slot-inquiry.js';
import type { SlotRange } from './slot-ranges.js';
import { SLOTS, slotOf } from './slot.js';
import { tagOf } from './tag.js';
import { Topology } from './topology.js';
import { endOf } from '../wake/message.js';

export interface ClusterSessionOptions extends ClusterSource {
  /** Where the cluster was found, for messages. */
  readonly address: string;
  readonly lockerId: string;
  readonly listener: StoreListener;
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly pool: PoolLimits;
  /** In ms. */
  readonly commandTimeout: number;
  /** How replicas are waited for; undefined: not at all. */
  readonly replication: ReplicationTerms | undefined;
  /** Undefined: a loss of data is not provided for. */
  readonly grace: Grace | undefined;
}

/** One locker's line to a cluster: each operation goes to the master that serves the slot of its lock. */
export class ClusterSession implements StoreSession {
  readonly address: string;
  /** Who was handed a lock has not been told what the replicas have. */
  readonly confirmsPushes: boolean;
  readonly #options: ClusterSessionOptions;
  readonly #topology: Topology;
  readonly #inquiry: SlotInquiry;
  readonly #channels: SlotChannels;
  readonly #showing: ClusterShowing;
  readonly #epochs: Epochs<ClusterNode> | undefined;
  readonly #onClosed: () => void;
  #closed = false;
  /** Of the last lock: more than one question is asked about most. */
  #lastKey = '';
  #lastSlot = slotOf('');

  constructor(options: ClusterSessionOptions, ranges: readonly SlotRange[], onClosed: () => void) {
    const { address, clock, agenda } = options;
    this.address = address;
    this.confirmsPushes = options.replication !== undefined;
    this.#options = options;
    this.#onClosed = onClosed;
    this.#inquiry = new SlotInquiry({ clock, agenda }, options.nodeAddressMap);
    this.#topology = new Topology({
      clock,
      agenda,
      open: (node) => this.#openNode(node),
      ask: () => this.#inquiry.ask(this.#topology.nodes, () => this.#sources()),
      isMissingAnAnswer: () => this.#inquiry.isMissingAnAnswer,
      isWatched: () => this.#channels.areInUse,
      rests: () => this.#inquiry.rest(),
      moved: (moves, gone) => this.#onMoved(moves, gone),
    });
    this.#channels = new SlotChannels(options.listener, {
      address,
      lockerId: options.lockerId,
      clock,
      agenda,
      wakeOf: (slot) => this.#topology.ownerOf(slot)?.wake,
      publish: (slot, channel, message) =>
        this.#topology
          .ownerOf(slot)
          ?.pool.newest?.command(['SPUBLISH', channel, message])
          .then(Number),
      refreshed: () => this.#topology.refreshed(),
      used: () => this.#topology.watch(),
      refused: (error) => this.#onRefused(error),
    });
    this.#showing = new ClusterShowing({
      address,
      clock,
      agenda,
      nodes: () => this.#topology.nodes,
      ownerOf: (slot) => this.#topology.ownerOf(slot),
      refused: (error) => this.#onRefused(error),
    });
    const { grace } = options;
    this.#epochs = grace && new Epochs(grace, { clock, agenda }, (node) => this.#slotsOf(node));
    this.#topology.begin(ranges);
  }

  /** See `Epochs.beginAll`: before the first lock is asked for. */
  async beginEpochs(): Promise<void> {
    await this.#epochs?.beginAll(this.#topology.nodes);
  }

  channelOf(key: string): GrantChannel {
    return this.#channels.of(this.#slotOf(key));
  }

  addressOf(key: string): string {
    return this.#topology.ownerOf(this.#slotOf(key))?.address ?? this.address;
  }

  outageOf(key: string): Error | undefined {
    const slot = this.#slotOf(key);
    const owner = this.#topology.ownerOf(slot);
    return owner === undefined ? this.#unserved(slot) : owner.pool.outage;
  }

  areTogether(locks: readonly { readonly key: string }[]): boolean {
    return new Set(locks.map(({ key }) => slotOf(key))).size === 1;
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    const now = this.#options.clock.now();
    this.#route(new SlotEntry(operation, patience, now, reply, this.#slotOf(operation.key)));
  }

  listen(): Promise<undefined> {
    this.#channels.listenAhead();
    return Promise.resolve(undefined);
  }

  announce(grant: Grant): void {
    const slot = this.#slotOf(grant.key);
    const connection = this.#topology.ownerOf(slot)?.pool.newest;
    const node = connection?.facts?.id;
    if (connection === undefined || node === undefined) return;
    const channel = wakeChannelOf({ tag: tagOf(slot), node }, lockerIdOf(grant.token));
    void neutrally(() => connection.command(['SPUBLISH', channel, endOf(grant)]).catch(() => {}));
  }

  look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure> {
    if (this.#closed) return Promise.resolve(closed());
    return unlessClosed(this.#showing.look(keys, span, silence), () => this.#closed);
  }

  browse(
    prefix: string,
    match: string,
    next: string | undefined,
    silence: number,
  ): Promise<Catalogue | Failure> {
    if (this.#closed) return Promise.resolve(closed());
    return unlessClosed(this.#showing.browse(prefix, match, next, silence), () => this.#closed);
  }

  close(): void {
    this.#closed = true;
    this.#channels.close();
    this.#epochs?.close();
    this.#inquiry.close();
    this.#topology.close();
    this.#options.agenda.close();
    this.#onClosed();
  }

  #slotOf(key: string): number {
    if (key !== this.#lastKey) {
      this.#lastSlot = slotOf(key);
      this.#lastKey = key;
    }
    return this.#lastSlot;
  }

  #route(entry: SlotEntry): void {
    const owner = this.#topology.ownerOf(entry.slot);
    if (owner !== undefined) {
      owner.commit.add(entry);
      return;
    }
    const failure = this.#closed ? closed() : notSent(this.address, this.#unserved(entry.slot));
    this.#topology.doubt();
    realTime.queueMicrotask(() => failAll([entry], failure));
  }

  #unserved(slot: number): RedisUnreachableError {
    return new RedisUnreachableError(this.address, `has no master for slot ${slot}`);
  }

  #slotsOf(node: ClusterNode): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (this.#topology.ownerOf(slot) === node) slots.push(slot);
    }
    return slots;
  }

  /** Slots that have gone to another master have a grace there: it is over the sooner. */
  #beginMoved(epochs: Epochs<ClusterNode>, slots: readonly number[]): void {
    const byOwner = new Map<ClusterNode, number[]>();
    for (const slot of slots) {
      const owner = this.#topology.ownerOf(slot);
      if (owner === undefined) continue;
      const others = byOwner.get(owner);
      if (others === undefined) byOwner.set(owner, [slot]);
      else others.push(slot);
    }
    for (const [owner, own] of byOwner)
      epochs.begin(
        owner,
        own.toSorted((a, b) => a - b),
      );
  }

  #openNode(address: NodeAddress): ClusterNode {
    const { template, listener, grace, clock, agenda, pool, commandTimeout, replication } =
      this.#options;
    const source = template.at(address.host, address.port);
    const ways = {
      redirected: (redirection: Redirection) => this.#onRedirected(redirection),
      doubt: () => this.#topology.doubt(),
      route: (entry: SlotEntry) => this.#route(entry),
      routeTo: (redirection: Redirection, entry: SlotEntry) => {
        this.#topology.nodeAt(this.#reached(redirection.address)).commit.add(entry);
      },
    };
    const node = new ClusterNode(source, ways, {
      clock,
      agenda,
      pool,
      commandTimeout,
      replication,
      dialect: dialectFor(grace, (left) => {
        listener.graced?.(left, node.address);
        this.#epochs?.heard(node, left);
      }),
    });
    node.pool.onFailed = () => this.#topology.doubt();
    node.pool.onLost = () => {
      this.#topology.doubt();
      this.#channels.probe((slot) => this.#topology.ownerOf(slot) === node);
    };
    node.pool.onRestored = () => {
      const serves = (slot: number): boolean => this.#topology.ownerOf(slot) === node;
      this.#channels.probe(serves);
      this.#channels.askAgain(serves);
    };
    return node;
  }

  #reached(address: NodeAddress): NodeAddress {
    return reachedAt(address, this.#options.nodeAddressMap);
  }

  /** Wherever a node may be: all that were named, and where the cluster was found. */
  #sources(): readonly ConnectionSource[] {
    const { template, seeds } = this.#options;
    const named = this.#topology.known.map(({ host, port }) => template.at(host, port));
    return [...new Map([...named, ...seeds].map((source) => [source.address, source])).values()];
  }

  #onRedirected({ kind, slot, address }: Redirection): void {
    if (kind === 'moved') this.#topology.assign(slot, this.#reached(address));
    this.#topology.doubt();
  }

  #onRefused(error: unknown): void {
    const reply = error instanceof Error ? error.cause : undefined;
    const redirection =
      reply instanceof Error
        ? redirectionOf(reply.message, this.#options.template.host)
        : undefined;
    if (redirection === undefined) this.#topology.doubt();
    else this.#onRedirected(redirection);
  }

  /** What has not left yet goes to the new master; what was under way is answered by the old one, or not. */
  #onMoved(moves: Moves, gone: readonly ClusterNode[]): void {
    const moved = new Set(moves.slots);
    const back: Entry[] = [];
    for (const node of [...this.#topology.nodes, ...gone]) {
      back.push(...node.commit.takeBack((entry) => moved.has((entry as SlotEntry).slot)));
    }
    for (const node of gone) {
      // It may be stopped: what it answers when it goes on is not true any more.
      back.push(...node.commit.takeBack(() => true));
      node.retire();
    }
    for (const entry of back) this.#route(entry as SlotEntry);
    if (this.#epochs !== undefined) this.#beginMoved(this.#epochs, moves.slots);
    this.#channels.moved(moves.slots);
    moves.publish(this.address);
  }
}
