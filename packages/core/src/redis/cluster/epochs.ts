import { RedisUnreachableError } from '../../errors.js';
import type { Grace } from '../../store/grace.js';
import { baseOf } from '../commit/batch.js';
import { begin, begun, epochKeyOf } from '../commit/begin.js';
import type { ConnectionSource } from '../connections/client.js';
import { Connection, type Timing } from '../connections/connection.js';
import { tagOf } from './tag.js';

/** So many slots are looked at in one go, so that nobody waits for long behind them. */
const AT_ONCE = 128;

/** Ends of one and the same grace, as answers tell of it, are not further apart, in ms. */
const SAME = 250;

/** A master of the cluster. */
export interface Reigning {
  readonly source: ConnectionSource;
}

/**
 * Begins the epochs of slots that nobody has asked for yet. In a cluster each slot has an epoch of its
 * own, since no script could read one beside a lock of another slot; and one that has none counts as
 * lost. Without this, the first lock in each slot would wait for a grace. Nothing but that time depends
 * on it: what is not begun here, its first batch begins.
 *
 * Who begins the slots of a master goes through them in their order, and the last of them says that it
 * is done. Who comes upon slots that somebody else has just begun leaves the others to them.
 */
export class Epochs<Node extends Reigning> {
  readonly #grace: Grace;
  readonly #timing: Timing;
  readonly #slotsOf: (node: Node) => readonly number[];
  /** When the grace is over of which all slots of a master have been told. */
  readonly #told = new WeakMap<Node, number>();
  /** What is under way at a master. Never rejects. */
  readonly #underWay = new WeakMap<Node, Promise<void>>();
  readonly #open = new Set<Connection>();
  #closed = false;

  /** `slotsOf`: in their order. */
  constructor(grace: Grace, timing: Timing, slotsOf: (node: Node) => readonly number[]) {
    this.#grace = grace;
    this.#timing = timing;
    this.#slotsOf = slotsOf;
  }

  /**
   * Of all slots, before the first lock is asked for. A master that cannot be reached is left out.
   *
   * @throws {HoldfastError} if one of them says that its locks cannot have that grace.
   */
  async beginAll(nodes: Iterable<Node>): Promise<void> {
    const beginAt = async (node: Node): Promise<void> => {
      try {
        await this.#begin(node, this.#slotsOf(node));
      } catch (error) {
        if (!(error instanceof RedisUnreachableError)) throw error;
      }
    };
    await Promise.all(Array.from(nodes, beginAt));
  }

  /** A slot there has a grace that ends in so many ms: so have all of them, unless it was moved. */
  heard(node: Node, left: number): void {
    const end = this.#timing.clock.now() + left;
    if (this.#underWay.has(node) || end <= (this.#told.get(node) ?? -Infinity) + SAME) return;
    this.#told.set(node, end);
    this.begin(node, this.#slotsOf(node));
  }

  /** Slots have come to this master. */
  begin(node: Node, slots: readonly number[]): void {
    const former = this.#underWay.get(node) ?? Promise.resolve();
    const own = former
      .then(() => this.#begin(node, slots))
      .catch(() => {})
      .finally(() => {
        if (this.#underWay.get(node) === own) this.#underWay.delete(node);
      });
    this.#underWay.set(node, own);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.close();
  }

  async #begin(node: Node, slots: readonly number[]): Promise<void> {
    const [first, ...others] = slots;
    if (this.#closed || first === undefined) return;
    const connection = new Connection(node.source, 'commands', this.#timing);
    this.#open.add(connection);
    try {
      await connection.connect();
      let left = 0;
      await connection.prepare(async () => {
        left = await begin(connection, this.#grace, baseFor(first));
      });
      if (left > 0) this.#told.set(node, this.#timing.clock.now() + left);
      await this.#beginOthers(connection, first, others);
    } finally {
      this.#open.delete(connection);
      connection.close();
    }
  }

  async #beginOthers(
    connection: Connection,
    first: number,
    others: readonly number[],
  ): Promise<void> {
    const last = others.at(-1);
    if (last === undefined || (await this.#isOfOneReign(connection, first, last))) return;
    for (let place = 0; place < others.length && !this.#closed; place += AT_ONCE) {
      let isDoneByOthers = false;
      // oxlint-disable-next-line no-await-in-loop -- not all at once
      await connection.prepare(async () => {
        const some = others.slice(place, place + AT_ONCE);
        const graces = await Promise.all(some.map((slot) => this.#graceOf(connection, slot)));
        isDoneByOthers = graces.every((left) => left > 0 && left !== this.#grace.time);
      });
      if (isDoneByOthers) return;
    }
  }

  /** What is left of it, in ms; 0: nothing, or the slot has gone meanwhile. One begun just now is whole. */
  async #graceOf(connection: Connection, slot: number): Promise<number> {
    try {
      return await begun(connection, this.#grace, baseFor(slot));
    } catch (error) {
      if (connection.open) return 0;
      throw error;
    }
  }

  /** What is behind the last space of an epoch is whose it is. */
  async #isOfOneReign(connection: Connection, one: number, other: number): Promise<boolean> {
    const [first, second] = await Promise.all(
      [one, other].map(async (slot) => {
        const key = epochKeyOf(this.#grace, baseFor(slot));
        const epoch = await connection.command(['GET', key]).catch(() => null);
        return typeof epoch === 'string' ? epoch.split(' ').at(-1) : undefined;
      }),
    );
    return first !== undefined && first === second;
  }
}

function baseFor(slot: number): string {
  return baseOf(tagOf(slot));
}
