import type { Clock } from '../../runtime/clock.js';
import type { Operation, RenewOperation } from '../../store/port.js';
import { decode, type Outcome } from '../commit/batch-reply.js';
import { encode, SlotsBatch } from '../commit/batch.js';
import { failAll } from '../commit/entry.js';
import type { Flight } from '../commit/flights.js';
import type { Carrier } from '../commit/group-commit.js';
import { loadIfMissing } from '../commit/load-script.js';
import type { Connection } from '../connections/connection.js';
import { closed, refused, unanswered } from '../failures.js';
import { codeOf, isForOneKey } from '../refusal.js';
import { SCRIPT, SLOTS_SCRIPT } from '../script/index.js';
import { LONE_RENEWAL, LONE_RENEWAL_DIGEST } from '../script/lone-renewal.js';
import { type Redirection, redirectionOf } from './redirection.js';
import type { SlotEntry } from './slot-entry.js';
import { tagOf } from './tag.js';

/** So often an operation is sent on to another node, before it is for the engine to try again. */
const MOST_HOPS = 5;

/**
 * After a script for several slots that none of them was there for, each has a script of its own for so
 * long, in ms: some services refuse keys that are not declared.
 */
const REFUSED_FOR = 10_000;

/** Who knows the way to other nodes. */
export interface Ways {
  /** A node says that another one serves a slot, or will. */
  redirected(redirection: Redirection): void;
  /** What is known of the cluster does not hold any more. */
  doubt(): void;
  /** Nothing of it was applied: it goes to whoever serves its slot now. */
  route(entry: SlotEntry): void;
  /** The same to the node that it was told to ask. */
  routeTo(redirection: Redirection, entry: SlotEntry): void;
}

/**
 * What is said with one master about one batch. One script for all slots is much faster than one for
 * each; but only one that declares its keys, and so is for one slot, is told where a slot is that is not
 * there. So what the first one has not done, or has failed with, is asked of the others, which tell what
 * is wrong.
 */
export class ClusterExchange implements Carrier {
  readonly #address: string;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #ways: Ways;
  #refusedUntil = -Infinity;
  #closed = false;

  constructor({ address, host }: { address: string; host: string }, clock: Clock, ways: Ways) {
    this.#address = address;
    this.#host = host;
    this.#clock = clock;
    this.#ways = ways;
  }

  /** What fails from now on, fails for this reason. */
  close(): void {
    this.#closed = true;
  }

  /** Tells everybody in the batch what became of it. Never rejects. */
  async carry(batch: readonly SlotEntry[], flight: Flight): Promise<void> {
    const [first, second] = batch;
    if (first !== undefined && second === undefined) return this.#carryOne(first, flight);
    const scripts: Promise<void>[] = [];
    const slots = new Map<number, SlotEntry[]>();
    for (const entry of batch) {
      if (entry.manner !== 'together') {
        scripts.push(this.#carryAlone(entry, flight));
        continue;
      }
      const others = slots.get(entry.slot);
      if (others === undefined) slots.set(entry.slot, [entry]);
      else others.push(entry);
    }
    if (slots.size > 1 && this.#clock.now() >= this.#refusedUntil) {
      scripts.push(this.#carrySlots([...slots.values()], flight));
    } else {
      for (const entries of slots.values()) scripts.push(this.#carrySlot(entries, flight));
    }
    await Promise.all(scripts);
  }

  #carryOne(entry: SlotEntry, flight: Flight): Promise<void> {
    return entry.manner === 'together'
      ? this.#carrySlot([entry], flight)
      : this.#carryAlone(entry, flight);
  }

  /** All slots in one script. */
  async #carrySlots(slots: readonly SlotEntry[][], flight: Flight): Promise<void> {
    const { connection } = flight;
    const batch = new SlotsBatch();
    for (const entries of slots) batch.add(tagOfAll(entries), operationsOf(entries));
    const command = batch.command(idOf(connection));
    let replies: unknown;
    try {
      replies = await connection.command(command).catch(async (refusal: unknown) => {
        await loadIfMissing(SLOTS_SCRIPT, refusal, flight, this.#clock);
        return connection.command(command);
      });
    } catch (error) {
      if (connection.open && error instanceof Error) return this.#carryEach(slots, flight);
      return this.#failAll(slots.flat(), unanswered(this.#address, error));
    }
    if (!Array.isArray(replies) || replies.length !== slots.length) {
      const unreadable = new TypeError('The reply to slots is no list with an item for each.');
      return this.#failAll(slots.flat(), unanswered(this.#address, unreadable));
    }
    return this.#deliverSlots(slots, replies, flight);
  }

  /** Of none of them anything was done. */
  async #carryEach(slots: readonly SlotEntry[][], flight: Flight): Promise<void> {
    const now = this.#clock.now();
    flight.silence.broken(now);
    this.#refusedUntil = now + REFUSED_FOR;
    await Promise.all(slots.map((entries) => this.#carrySlot(entries, flight)));
  }

  async #deliverSlots(
    slots: readonly SlotEntry[][],
    replies: readonly unknown[],
    flight: Flight,
  ): Promise<void> {
    const left: SlotEntry[][] = [];
    const failed: SlotEntry[][] = [];
    let next = 0;
    for (const entries of slots) {
      const reply = replies[next++];
      if (reply === null) left.push(entries);
      else this.#deliver(entries, reply, (entry) => failed.push([entry]));
    }
    if (left.length === slots.length) await this.#carryEach(slots, flight);
    else if (left.length + failed.length > 0) {
      flight.silence.broken(this.#clock.now());
      await Promise.all([...left, ...failed].map((entries) => this.#carrySlot(entries, flight)));
    }
  }

  /** A batch of one slot is a common one: with one promise, and no more. */
  #carrySlot(entries: readonly SlotEntry[], flight: Flight): Promise<void> {
    const { connection } = flight;
    const place = { tag: tagOfAll(entries), node: idOf(connection) };
    const command = encode(operationsOf(entries), place);
    return connection.command(command).then(
      (reply) =>
        this.#deliver(entries, reply, (entry, refusal) => this.#refuse([entry], refusal, flight)),
      (error: unknown) => this.#again(entries, command, error, flight),
    );
  }

  /** A script that the node does not know is loaded; what else went wrong is told. */
  async #again(
    entries: readonly SlotEntry[],
    command: string[],
    error: unknown,
    flight: Flight,
  ): Promise<void> {
    let reply: unknown;
    try {
      await loadIfMissing(SCRIPT, error, flight, this.#clock);
      reply = await flight.connection.command(command);
    } catch (last) {
      await this.#failed(entries, last, flight);
      return;
    }
    this.#deliver(entries, reply, (entry, refusal) => this.#refuse([entry], refusal, flight));
  }

  /** As a renewal that has its lock as the only key: it is answered also while the slot moves. */
  async #carryAlone(entry: SlotEntry, flight: Flight): Promise<void> {
    const { key, token, fencingToken, ttl } = entry.operation as RenewOperation;
    const held = `${token} ${fencingToken}`;
    const command = ['EVALSHA', LONE_RENEWAL_DIGEST, '1', key, held, String(ttl)];
    const { connection } = flight;
    const send = (): Promise<unknown> => {
      // It is for the next command alone; if the connection is lost, that says so.
      if (entry.manner === 'asking') connection.command(['ASKING']).catch(() => {});
      return connection.command(command);
    };
    let reply: unknown;
    try {
      reply = await send().catch(async (error: unknown) => {
        await loadIfMissing(LONE_RENEWAL, error, flight, this.#clock);
        return send();
      });
    } catch (error) {
      await this.#failed([entry], error, flight);
      return;
    }
    this.#deliver([entry], reply, (one, refusal) => this.#refuse([one], refusal, flight));
  }

  #deliver(
    entries: readonly SlotEntry[],
    reply: unknown,
    onError: (entry: SlotEntry, error: Error) => void,
  ): void {
    let outcomes: readonly (Outcome | Error)[];
    try {
      outcomes = decode(reply, operationsOf(entries));
    } catch (error) {
      this.#failAll(entries, unanswered(this.#address, error));
      return;
    }
    let next = 0;
    for (const entry of entries) {
      const outcome = outcomes[next++] as Outcome | Error;
      if (outcome instanceof Error) onError(entry, outcome);
      else entry.reply.answered(outcome);
    }
  }

  async #failed(entries: readonly SlotEntry[], error: unknown, flight: Flight): Promise<void> {
    // A rejection on a connection that still stands is an error reply: the server was heard.
    if (!flight.connection.open || !(error instanceof Error)) {
      this.#failAll(entries, unanswered(this.#address, error));
      return;
    }
    flight.silence.broken(this.#clock.now());
    const code = codeOf(error.message);
    if (code === 'MOVED' || code === 'ASK' || code === 'TRYAGAIN') {
      await this.#redirect(entries, error, flight);
    } else if (entries.length > 1 && isForOneKey(error.message)) {
      // Refused for the keys of some, and nothing of it ran. All in one go, so that they keep their order.
      await Promise.all(entries.map((entry) => this.#carrySlot([entry], flight)));
    } else {
      if (code === 'CLUSTERDOWN') this.#ways.doubt();
      this.#refuse(entries, error, flight);
    }
  }

  /** The slot is at another node, or on its way there. Nothing was applied. */
  async #redirect(entries: readonly SlotEntry[], reply: Error, flight: Flight): Promise<void> {
    const redirection = redirectionOf(reply.message, this.#host);
    if (redirection !== undefined) this.#ways.redirected(redirection);
    const alone: Promise<void>[] = [];
    const stuck: SlotEntry[] = [];
    for (const entry of entries) {
      entry.hops += 1;
      if (this.#closed || entry.hops > MOST_HOPS) {
        stuck.push(entry);
      } else if (redirection?.kind === 'moved') {
        entry.manner = 'together';
        this.#ways.route(entry);
      } else if (redirection?.kind === 'ask' && entry.manner === 'alone') {
        entry.manner = 'asking';
        this.#ways.routeTo(redirection, entry);
      } else if (entry.canGoAlone && entry.manner === 'together') {
        entry.manner = 'alone';
        alone.push(this.#carryAlone(entry, flight));
      } else {
        stuck.push(entry);
      }
    }
    if (stuck.length > 0) this.#refuse(stuck, reply, flight);
    await Promise.all(alone);
  }

  /** The server answered with an error. */
  #refuse(entries: readonly SlotEntry[], reply: Error, { connection }: Flight): void {
    // A server that became a replica stays one.
    if (codeOf(reply.message) === 'READONLY') connection.lose(reply);
    this.#failAll(entries, refused(this.#address, reply));
  }

  #failAll(entries: readonly SlotEntry[], failure: Parameters<typeof failAll>[1]): void {
    failAll(entries, this.#closed ? closed() : failure);
  }
}

function operationsOf(entries: readonly SlotEntry[]): Operation[] {
  return entries.map((entry) => entry.operation);
}

function tagOfAll(entries: readonly SlotEntry[]): string {
  return tagOf((entries[0] as SlotEntry).slot);
}

/** Of the master that a connection leads to. */
function idOf(connection: Connection): string {
  return connection.facts?.id ?? '';
}
