import type { ConnectionSource } from '../connections/client.js';
import { Connection, type Timing } from '../connections/connection.js';
import type { ClusterNode } from './cluster-node.js';
import type { NodeAddressMap } from './node-address.js';
import { parseSlotRanges, type SlotRange } from './slot-ranges.js';

/** Nodes that are asked at the same time, where connections stand already. */
const ASKED_AT_ONCE = 3;

/** After so long the question is put on connections of its own, and each of them may take so long, in ms. */
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
  #closed = false;

  constructor(timing: Timing, map: NodeAddressMap | undefined) {
    this.#timing = timing;
    this.#map = map;
  }

  /** Undefined: nobody answers. Never rejects. */
  async ask(
    nodes: Iterable<ClusterNode>,
    others: readonly ConnectionSource[],
  ): Promise<readonly SlotRange[] | undefined> {
    const standing: Promise<readonly SlotRange[]>[] = [];
    for (const { pool, host } of nodes) {
      const { newest } = pool;
      if (newest !== undefined && standing.length < ASKED_AT_ONCE) {
        standing.push(question(newest, host, this.#map));
      }
    }
    return (await this.#first(standing)) ?? (await this.#ofThose(others));
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.close();
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

  async #ofThose(others: readonly ConnectionSource[]): Promise<readonly SlotRange[] | undefined> {
    if (this.#closed) return undefined;
    try {
      return await Promise.any(others.map((source) => this.#askAnew(source)));
    } catch {
      return undefined;
    }
  }

  async #askAnew(source: ConnectionSource): Promise<readonly SlotRange[]> {
    const connectTimeout = Math.min(source.connectTimeout, LONGEST_OPENING);
    const connection = new Connection({ ...source, connectTimeout }, 'commands', this.#timing);
    this.#open.add(connection);
    try {
      await connection.connect();
      return await question(connection, source.host, this.#map);
    } finally {
      this.#open.delete(connection);
      connection.close();
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
