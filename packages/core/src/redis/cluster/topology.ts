import { type Agenda, Appointment } from '../../runtime/agenda.js';
import type { Clock } from '../../runtime/clock.js';
import { neutrally } from '../../runtime/neutral.js';
import type { ClusterNode } from './cluster-node.js';
import { Moves } from './moves.js';
import { type NodeAddress, nameOf } from './node-address.js';
import { SLOTS } from './slot.js';
import type { SlotRange } from './slot-ranges.js';

/** Between two questions who serves what, in ms. */
const SHORTEST_PAUSE = 100;

/** The same as long as something is wrong, and as long as somebody waits, in ms. */
const ALARMED = 200;
const WATCHING = 1_000;

export interface TopologyOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  /** Makes what serves a master. */
  open(address: NodeAddress): ClusterNode;
  /** Asks the cluster; undefined: nobody answers. Never rejects. */
  ask(): Promise<readonly SlotRange[] | undefined>;
  /** Whether a node that should answer does not. */
  isMissingAnAnswer(): boolean;
  /** Whether there is somebody whom nobody else would tell that another master serves his lock. */
  isWatched(): boolean;
  /** All is well, and nobody looks on. */
  rests(): void;
  /** Slots are served by another master than before, or by none; some masters serve nothing any more. */
  moved(moves: Moves, gone: readonly ClusterNode[]): void;
}

/**
 * Who serves which slot, as far as is known. What a node says about one slot counts at once; then the
 * whole cluster is asked, as it is whenever something does not fit.
 */
export class Topology {
  readonly #options: TopologyOptions;
  readonly #owners: (ClusterNode | undefined)[] = Array.from({ length: SLOTS });
  readonly #nodes = new Map<string, ClusterNode>();
  /** Those that had slots when the cluster was asked last. */
  #serving: ReadonlySet<ClusterNode> = new Set();
  /** All that were named last, replicas too: whom to ask. */
  #known: readonly NodeAddress[] = [];
  readonly #next = new Appointment(() => void this.refreshed());
  #askedAt = -Infinity;
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(options: TopologyOptions) {
    this.#options = options;
  }

  get nodes(): Iterable<ClusterNode> {
    return this.#nodes.values();
  }

  get known(): readonly NodeAddress[] {
    return this.#known;
  }

  ownerOf(slot: number): ClusterNode | undefined {
    return this.#owners[slot];
  }

  nodeAt(address: NodeAddress): ClusterNode {
    const name = nameOf(address);
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = this.#options.open(address);
      this.#nodes.set(name, node);
    }
    return node;
  }

  /** A node says so about one slot. */
  assign(slot: number, address: NodeAddress): void {
    if (this.#closed || slot >= SLOTS) return;
    const node = this.nodeAt(address);
    const moves = new Moves();
    this.#give(slot, node, moves);
    if (moves.slots.length > 0) this.#options.moved(moves, []);
  }

  /** What was found out when the session was opened: nothing has moved. */
  begin(ranges: readonly SlotRange[]): void {
    this.#learn(ranges);
  }

  /** A node says so about all. */
  learn(ranges: readonly SlotRange[]): void {
    if (this.#closed) return;
    const { moves, gone } = this.#learn(ranges);
    if (moves.slots.length > 0 || gone.length > 0) this.#options.moved(moves, gone);
  }

  #learn(ranges: readonly SlotRange[]): { moves: Moves; gone: readonly ClusterNode[] } {
    this.#known = ranges.flatMap(({ master, replicas }) => [master, ...replicas]);
    const serving = new Set<ClusterNode>();
    const owners: (ClusterNode | undefined)[] = Array.from({ length: SLOTS });
    for (const { first, last, master } of ranges) {
      const node = this.nodeAt(master);
      serving.add(node);
      owners.fill(node, first, last + 1);
    }
    const moves = new Moves();
    for (const [slot, node] of owners.entries()) this.#give(slot, node, moves);
    const gone: ClusterNode[] = [];
    for (const [name, node] of this.#nodes) {
      // One that slots are on their way to has none yet.
      const mayCome = !this.#serving.has(node) && node.pool.outage === undefined;
      if (serving.has(node) || mayCome) continue;
      this.#nodes.delete(name);
      gone.push(node);
    }
    this.#serving = serving;
    return { moves, gone };
  }

  #give(slot: number, node: ClusterNode | undefined, moves: Moves): void {
    const former = this.#owners[slot];
    if (former === node) return;
    this.#owners[slot] = node;
    moves.add(slot, former, node);
  }

  /** Something does not fit: the cluster is asked, soon. */
  doubt(): void {
    this.#askIn(SHORTEST_PAUSE);
  }

  /** Somebody waits: a master that is stopped tells nobody that it is. */
  watch(): void {
    this.#askIn(WATCHING);
  }

  /** Resolves when the cluster was asked, once for all who want to know. Never rejects. */
  refreshed(): Promise<void> {
    this.#refreshing ??= neutrally(() => this.#refresh()).finally(() => {
      this.#refreshing = undefined;
      this.#goOn();
    });
    return this.#refreshing;
  }

  close(): void {
    this.#closed = true;
    this.#options.agenda.cancel(this.#next);
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
    this.#owners.fill(undefined);
  }

  async #refresh(): Promise<void> {
    const { clock, agenda } = this.#options;
    const pause = this.#askedAt + SHORTEST_PAUSE - clock.now();
    if (pause > 0) await agenda.pause(pause);
    if (this.#closed) return;
    this.#askedAt = clock.now();
    const ranges = await this.#options.ask();
    if (ranges !== undefined) this.learn(ranges);
  }

  /** As long as a master cannot be reached, another one may take its place. */
  #goOn(): void {
    const options = this.#options;
    const isOut = [...this.#nodes.values()].some(({ pool }) => pool.outage !== undefined);
    if (isOut || options.isMissingAnAnswer()) this.#askIn(ALARMED);
    else if (options.isWatched()) this.#askIn(WATCHING);
    else options.rests();
  }

  /** So long after it was asked last, or sooner. */
  #askIn(pause: number): void {
    if (this.#closed || this.#refreshing !== undefined) return;
    const { clock, agenda } = this.#options;
    const due = Math.max(clock.now(), this.#askedAt + pause);
    if (this.#next.scheduled && this.#next.due <= due) return;
    agenda.schedule(this.#next, due);
  }
}
