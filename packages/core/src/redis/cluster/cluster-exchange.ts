import type { Clock } from '../../runtime/clock.js';
import type { Operation, RenewOperation } from '../../store/port.js';
import type { Outcome } from '../commit/batch-reply.js';
import type { SlotOperations } from '../commit/batch.js';
import type { Dialect } from '../commit/dialect.js';
import { failAll } from '../commit/entry.js';
import type { Flight } from '../commit/flights.js';
import type { Carrier } from '../commit/group-commit.js';
import { loadIfMissing } from '../commit/load-script.js';
import { Replication, type ReplicationTerms } from '../commit/replication.js';
import type { Connection } from '../connections/connection.js';
import { closed, refused, unanswered } from '../failures.js';
import { codeOf, isForOneKey } from '../refusal.js';
import { type Redirection, redirectionOf } from './redirection.js';
import type { SlotEntry } from './slot-entry.js';
import { tagOf } from './tag.js';

/** So often an operation is sent on to another node, before it is for the engine to try again. */
const MOST_HOPS = 5;

/**
 * After a script for several slots of which none was done, each has a script of its own for so long, in
 * ms: some services refuse keys that are not declared.
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
 * there. So what the first one has not done, or has failed with, is asked for by the others, which tell
 * what is wrong.
 */
export class ClusterExchange implements Carrier {
  readonly #address: string;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #ways: Ways;
  readonly #dialect: Dialect;
  readonly #terms: ReplicationTerms | undefined;
  /** Slots where the last answer was not the usual one: the next one will hardly be. */
  readonly #unusual = new Set<number>();
  #refusedUntil = -Infinity;
  #closed = false;

  /** `terms`: replicas are waited for; undefined: none. */
  constructor(
    { address, host }: { address: string; host: string },
    clock: Clock,
    ways: Ways,
    dialect: Dialect,
    terms: ReplicationTerms | undefined,
  ) {
    this.#address = address;
    this.#host = host;
    this.#clock = clock;
    this.#ways = ways;
    this.#dialect = dialect;
    this.#terms = terms;
  }

  /** What fails from now on, fails for this reason. */
  close(): void {
    this.#closed = true;
  }

  /** Tells everybody in the batch what became of it. Never rejects. */
  async carry(batch: readonly SlotEntry[], flight: Flight): Promise<void> {
    const copies = this.#copiesOf(batch, flight);
    const carried = this.#carryAll(batch, flight, copies);
    // All of it has left by now: one question is enough.
    copies?.ask();
    await carried;
  }

  #copiesOf(entries: readonly SlotEntry[], { connection }: Flight): Replication | undefined {
    return this.#terms && Replication.of(this.#terms, operationsOf(entries), connection);
  }

  async #carryAll(
    batch: readonly SlotEntry[],
    flight: Flight,
    copies: Replication | undefined,
  ): Promise<void> {
    const [first, second] = batch;
    if (first !== undefined && second === undefined) return this.#carryOne(first, flight, copies);
    const scripts: Promise<void>[] = [];
    const slots = new Map<number, SlotEntry[]>();
    for (const entry of batch) {
      if (entry.manner !== 'together') {
        scripts.push(this.#carryAlone(entry, flight, copies));
        continue;
      }
      const others = slots.get(entry.slot);
      if (others === undefined) slots.set(entry.slot, [entry]);
      else others.push(entry);
    }
    const all = [...slots.values()];
    const { slots: together } = this.#dialect;
    if (all.length > 1 && together !== undefined && this.#clock.now() >= this.#refusedUntil) {
      scripts.push(this.#carrySlots(all, together, flight, copies));
    } else {
      for (const entries of all) scripts.push(this.#carrySlot(entries, flight, copies));
    }
    await Promise.all(scripts);
  }

  #carryOne(entry: SlotEntry, flight: Flight, copies: Replication | undefined): Promise<void> {
    return entry.manner === 'together'
      ? this.#carrySlot([entry], flight, copies)
      : this.#carryAlone(entry, flight, copies);
  }

  async #carrySlots(
    slots: readonly SlotEntry[][],
    together: NonNullable<Dialect['slots']>,
    flight: Flight,
    copies: Replication | undefined,
  ): Promise<void> {
    const { connection } = flight;
    const command = together.encode(
      slots.map((entries) => this.#partOf(entries)),
      idOf(connection),
    );
    let last = copies;
    let replies: unknown;
    try {
      replies = await connection.command(command).catch(async (refusal: unknown) => {
        await loadIfMissing(together.script, refusal, flight, this.#clock);
        const answered = connection.command(command);
        last = this.#copiesOf(slots.flat(), flight);
        last?.ask();
        return answered;
      });
    } catch (error) {
      if (!connection.open || !(error instanceof Error)) {
        this.#failAll(slots.flat(), unanswered(this.#address, error));
        return;
      }
      // It was refused before it did anything.
      replies = slots.map(() => null);
    }
    if (Array.isArray(replies) && replies.length === slots.length) {
      await this.#deliverSlots(slots, replies, flight, last);
    } else {
      const error = new TypeError('The reply to several slots is no list with an item for each.');
      this.#failAll(slots.flat(), unanswered(this.#address, error));
    }
  }

  async #deliverSlots(
    slots: readonly SlotEntry[][],
    replies: readonly unknown[],
    flight: Flight,
    copies: Replication | undefined,
  ): Promise<void> {
    const left: SlotEntry[][] = [];
    const failed: SlotEntry[] = [];
    const delivered: Promise<void>[] = [];
    let next = 0;
    for (const entries of slots) {
      const reply = replies[next++];
      if (reply === null) {
        left.push(entries);
        continue;
      }
      this.#note(entries, reply);
      const delivery = this.#deliver(entries, reply, flight, copies, failed);
      if (delivery !== undefined) delivered.push(delivery);
    }
    if (left.length === slots.length) this.#refusedUntil = this.#clock.now() + REFUSED_FOR;
    for (const entry of failed) left.push([entry]);
    if (left.length > 0) delivered.push(this.#carryDeclared(left, flight));
    await Promise.all(delivered);
  }

  #partOf(entries: readonly SlotEntry[]): SlotOperations {
    const [{ slot }] = entries as [SlotEntry];
    return {
      tag: tagOf(slot),
      operations: operationsOf(entries),
      unusual: this.#unusual.has(slot),
    };
  }

  #note([entry]: readonly SlotEntry[], reply: unknown): void {
    const { slot } = entry as SlotEntry;
    if (typeof reply !== 'number') this.#unusual.add(slot);
    else if (this.#unusual.size > 0) this.#unusual.delete(slot);
  }

  async #carryDeclared(slots: readonly SlotEntry[][], flight: Flight): Promise<void> {
    flight.silence.broken(this.#clock.now());
    const copies = this.#copiesOf(slots.flat(), flight);
    const carried = slots.map((entries) => this.#carrySlot(entries, flight, copies));
    copies?.ask();
    await Promise.all(carried);
  }

  /** A batch of one slot is a common one: with one promise, and no more. */
  #carrySlot(
    entries: readonly SlotEntry[],
    flight: Flight,
    copies: Replication | undefined,
  ): Promise<void> {
    const { connection } = flight;
    const place = { tag: tagOfAll(entries), node: idOf(connection) };
    const command = this.#dialect.encode(operationsOf(entries), place);
    return connection.command(command).then(
      (reply) => this.#deliver(entries, reply, flight, copies),
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
    let copies: Replication | undefined;
    let reply: unknown;
    try {
      await loadIfMissing(this.#dialect.script, error, flight, this.#clock);
      copies = this.#copiesOf(entries, flight);
      const answered = flight.connection.command(command);
      copies?.ask();
      reply = await answered;
    } catch (last) {
      await this.#failed(entries, last, flight);
      return;
    }
    await this.#deliver(entries, reply, flight, copies);
  }

  /** As a renewal that has its lock as the only key: it is answered also while the slot moves. */
  async #carryAlone(
    entry: SlotEntry,
    flight: Flight,
    copies: Replication | undefined,
  ): Promise<void> {
    const { key, token, fencingToken, ttl } = entry.operation as RenewOperation;
    const held = `${token} ${fencingToken}`;
    const command = ['EVALSHA', this.#dialect.lone.digest, '1', key, held, String(ttl)];
    const { connection } = flight;
    const send = (): Promise<unknown> => {
      // It is for the next command alone; if the connection is lost, that says so.
      if (entry.manner === 'asking') connection.command(['ASKING']).catch(() => {});
      return connection.command(command);
    };
    let last = copies;
    let reply: unknown;
    try {
      reply = await send().catch(async (error: unknown) => {
        await loadIfMissing(this.#dialect.lone.script, error, flight, this.#clock);
        const answered = send();
        last = this.#copiesOf([entry], flight);
        last?.ask();
        return answered;
      });
    } catch (error) {
      await this.#failed([entry], error, flight);
      return;
    }
    await this.#deliver([entry], reply, flight, last);
  }

  /** `failed`: takes what is not to be refused yet. */
  #deliver(
    entries: readonly SlotEntry[],
    reply: unknown,
    flight: Flight,
    copies: Replication | undefined,
    failed?: SlotEntry[],
  ): Promise<void> | void {
    let outcomes: readonly (Outcome | Error)[];
    try {
      outcomes = this.#dialect.decode(reply, operationsOf(entries));
    } catch (error) {
      this.#failAll(entries, unanswered(this.#address, error));
      return;
    }
    if (copies === undefined) {
      this.#tell(entries, outcomes, flight, failed);
      return;
    }
    flight.silence.broken(this.#clock.now());
    return copies.deliver(entries, outcomes, {
      deliver: (some, theirs) => this.#tell(some, theirs, flight, failed),
      fail: (some, failure) => this.#failAll(some, failure),
    });
  }

  #tell(
    entries: readonly SlotEntry[],
    outcomes: readonly (Outcome | Error)[],
    flight: Flight,
    failed: SlotEntry[] | undefined,
  ): void {
    let next = 0;
    for (const entry of entries) {
      const outcome = outcomes[next++] as Outcome | Error;
      if (!(outcome instanceof Error)) entry.reply.answered(outcome);
      else if (failed === undefined) this.#refuse([entry], outcome, flight);
      else failed.push(entry);
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
      await Promise.all(entries.map((entry) => this.carry([entry], flight)));
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
        alone.push(this.carry([entry], flight));
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
function idOf({ facts }: Connection): string {
  return facts?.id ?? '';
}
