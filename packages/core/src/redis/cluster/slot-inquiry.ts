import type { ConnectionSource } from '../connections/client.js';
import { Connection, type Timing } from '../connections/connection.js';
import type { ClusterNode } from './cluster-node.js';
import type { NodeAddressMap } from './node-address.js';
import { parseSlotRanges, type SlotRange } from './slot-ranges.js';

/** Nodes that are asked at the same time. */
const AT_ONCE = 3;

/** After so long the question is put to others, on connections of its own that may take so long, in ms. */
const LONGEST_ANSWER = 500;
const LONGEST_OPENING = 1_000;

/**
 * Asks a cluster who serves what: first where connections stand, for they know what has happened
 * since; then wherever a node may be. The first answer is taken, since a node that is stopped, or cut
 * off from the others, gives none.
 */
export class SlotInquiry {
  readonly #timing: Timing;
  readonly #map: NodeAddressMap | undefined;
  readonly #open = new Set<Connection>();
  /** What was opened to ask, and where it leads: it is asked again as long as something is wrong. */
  #kept: { readonly connection: Connection; readonly host: string } | undefined;
  /** Whom nothing was heard of, and since when. */
  readonly #silent = new Map<ClusterNode, number>();
  #turn = 0;
  #closed = false;

  constructor(timing: Timing, map: NodeAddressMap | undefined) {
    this.#timing = timing;
    this.#map = map;
  }

  /** A node has not answered for long, though its connections stand. */
  get isMissingAnAnswer(): boolean {
    const longAgo = this.#timing.clock.now() - LONGEST_ANSWER;
    for (const since of this.#silent.values()) if (since <= longAgo) return true;
    return false;
  }

  /** Undefined: nobody answers. Never rejects. */
  async ask(
    nodes: Iterable<ClusterNode>,
    others: () => readonly ConnectionSource[],
  ): Promise<readonly SlotRange[] | undefined> {
    const answers = this.#inTurn(nodes).map((node) => this.#askNode(node));
    if (this.#kept?.connection.open === true) {
      answers.push(question(this.#kept.connection, this.#kept.host, this.#map));
    }
    return (await this.#first(answers)) ?? (await this.#ofThose(others()));
  }

  /** All is well: nobody has to be asked soon. */
  rest(): void {
    this.#kept?.connection.close();
    this.#kept = undefined;
  }

  close(): void {
    this.#closed = true;
    this.rest();
    for (const connection of this.#open) connection.close();
  }

  /** Some of those to which a connection stands: others the next time. */
  #inTurn(nodes: Iterable<ClusterNode>): ClusterNode[] {
    const standing = [...nodes].filter(({ pool }) => pool.newest !== undefined);
    for (const node of this.#silent.keys()) {
      if (!standing.includes(node)) this.#silent.delete(node);
    }
    this.#turn += AT_ONCE;
    return Array.from(
      { length: Math.min(AT_ONCE, standing.length) },
      (_, place) => standing[(this.#turn + place) % standing.length] as ClusterNode,
    );
  }

  async #askNode(node: ClusterNode): Promise<readonly SlotRange[]> {
    if (!this.#silent.has(node)) this.#silent.set(node, this.#timing.clock.now());
    try {
      return await question(node.pool.newest as Connection, node.host, this.#map);
    } finally {
      this.#silent.delete(node);
    }
  }

  async #first(
    answers: readonly Promise<readonly SlotRange[]>[],
  ): Promise<readonly SlotRange[] | undefined> {
    let first: readonly SlotRange[] | undefined;
    const answered = Promise.any(answers).then(
      (ranges) => {
        first = ranges;
      },
      () => {},
    );
    await this.#timing.agenda.atMost(LONGEST_ANSWER, answered);
    return first;
  }

  /** Some at a time, in no order. */
  async #ofThose(others: readonly ConnectionSource[]): Promise<readonly SlotRange[] | undefined> {
    const left = others
      .map((source) => ({ source, rank: Math.random() }))
      .toSorted((one, other) => one.rank - other.rank);
    while (left.length > 0 && !this.#closed) {
      const some = left.splice(0, AT_ONCE).map(({ source }) => this.#askAnew(source));
      // oxlint-disable-next-line no-await-in-loop -- the others are for when none of these answers
      const ranges = await Promise.any(some).catch(() => undefined);
      if (ranges !== undefined) return ranges;
    }
    return undefined;
  }

  async #askAnew(source: ConnectionSource): Promise<readonly SlotRange[]> {
    const connectTimeout = Math.min(source.connectTimeout, LONGEST_OPENING);
    const connection = new Connection({ ...source, connectTimeout }, 'commands', this.#timing);
    this.#open.add(connection);
    try {
      await connection.connect();
      const ranges = await question(connection, source.host, this.#map);
      if (this.#kept?.connection.open !== true && !this.#closed) {
        this.#kept = { connection, host: source.host };
      }
      return ranges;
    } finally {
      this.#open.delete(connection);
      if (this.#kept?.connection !== connection) connection.close();
    }
  }
}

/** See `parseSlotRanges` for what it rejects with, beside what the connection does. */
export async function question(
  connection: Connection,
  host: string,
  map: NodeAddressMap | undefined,
): Promise<readonly SlotRange[]> {
  return parseSlotRanges(await connection.command(['CLUSTER', 'SLOTS']), host, map);
}
