import type {
  AcquireAllOperation,
  Grant,
  Operation,
  Outcomes,
} from '../../../packages/core/dist/store/port.js';
import { lockerIdOf } from '../../../packages/core/dist/store/protocol.js';
import type { Specimen } from './specimen.js';
import { Subscriptions } from './subscriptions.js';

interface Lease {
  readonly token: string;
  readonly fencingToken: number;
  readonly expiresAt: number;
}

interface Waiter {
  readonly token: string;
  readonly ticket: number;
}

/** The keyspace's own state, opened to view by `prepare`. */
interface Opened {
  readonly $leases: ReadonlyMap<string, Lease>;
  readonly $queues: ReadonlyMap<
    string,
    { readonly waiters: readonly Waiter[]; readonly expiresAt: number }
  >;
  readonly $clock: number;
}

/** What a locker's process would say of its channel, to judge what the server does. */
interface Receiver {
  readonly reachable: boolean;
}

/** The real keyspace, with the channels of the lockers, and the laws of each single operation. */
export class Server {
  readonly subscriptions: Subscriptions = new Subscriptions();
  /** The first law that an operation broke. */
  broken: string | undefined;
  readonly #keyspace: InstanceType<Specimen['Keyspace']>;
  readonly #opened: Opened;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  readonly #fences = new Map<string, number>();
  #told: string[] = [];

  constructor(specimen: Specimen, receivers: ReadonlyMap<string, Receiver>) {
    const { subscriptions } = this;
    this.#receivers = receivers;
    this.#keyspace = new specimen.Keyspace({
      listens: (lockerId) => subscriptions.listens(lockerId),
      publish: (grant) => this.#publish(grant),
    });
    this.#opened = this.#keyspace as unknown as Opened;
  }

  /** Who holds the lock, and until when. */
  lease(key: string, now: number): Lease | undefined {
    const lease = this.#opened.$leases.get(key);
    return lease !== undefined && lease.expiresAt > now ? lease : undefined;
  }

  /** The next moment at which a lease or a line runs out. */
  next(now: number): number {
    const { $leases, $queues } = this.#opened;
    let next = Infinity;
    for (const perishables of [$leases, $queues]) {
      for (const { expiresAt } of perishables.values()) {
        if (expiresAt > now) next = Math.min(next, expiresAt);
      }
    }
    return next;
  }

  size(now: number): number {
    return this.#keyspace.size(now);
  }

  apply(operation: Operation, now: number): Outcomes[Operation['kind']] {
    const keys =
      operation.kind === 'acquireAll' ? operation.members.map(({ key }) => key) : [operation.key];
    const before = keys.map((key) => ({
      key,
      lease: this.lease(key, now),
      line: this.#line(key, now),
    }));
    this.#told = [];
    const outcome = this.#keyspace.apply(operation, now);
    for (const { key, lease, line } of before) {
      const after = this.lease(key, now);
      const granted = after?.fencingToken === lease?.fencingToken ? undefined : after;
      if (granted !== undefined) this.#judgeGrant(operation, key, granted, line);
      this.#judgeLine(operation, key, granted, line, now);
    }
    if (operation.kind === 'acquireAll') this.#judgeAll(operation, outcome.kind, now);
    return outcome;
  }

  /** Everything that later operations depend on. */
  state(now: number): string {
    const { $leases, $queues, $clock } = this.#opened;
    let text = `${$clock}`;
    for (const [key, { token, fencingToken, expiresAt }] of $leases) {
      if (expiresAt > now) text += `;${key}=${token} ${fencingToken} ${expiresAt}`;
    }
    for (const [key, { waiters, expiresAt }] of $queues) {
      text += `;${key}<${expiresAt}`;
      for (const { token, ticket } of waiters) text += ` ${token} ${ticket}`;
    }
    return `${text};${this.subscriptions.state()}`;
  }

  #line(key: string, now: number): readonly Waiter[] {
    const queue = this.#opened.$queues.get(key);
    return queue === undefined || queue.expiresAt <= now ? [] : [...queue.waiters];
  }

  /** `line`: who stood in it before the operation that granted this lease. */
  #judgeGrant(operation: Operation, key: string, lease: Lease, line: readonly Waiter[]): void {
    const members =
      operation.kind === 'acquireAll'
        ? operation.members
        : operation.kind === 'acquire'
          ? [operation]
          : [];
    const asked = members.some((one) => one.key === key && one.token === lease.token);
    if (!asked && !this.#told.includes(lease.token)) {
      this.broken ??= `${key} was given to ${lease.token}, who was not told`;
    }
    const ticket = line.find(({ token }) => token === lease.token)?.ticket ?? Infinity;
    const still = new Set(this.#opened.$queues.get(key)?.waiters.map(({ token }) => token));
    const passed = line.find((waiter) => waiter.ticket < ticket && still.has(waiter.token));
    if (passed !== undefined) {
      this.broken ??= `${lease.token} was given ${key} before ${passed.token}, who waits longer`;
    }
    if (lease.fencingToken <= (this.#fences.get(key) ?? 0)) {
      this.broken ??= `the fencing token of ${key} did not rise for ${lease.token}`;
    }
    this.#fences.set(key, lease.fencingToken);
  }

  /** `line`: who stood in it before this operation. */
  #judgeLine(
    operation: Operation,
    key: string,
    granted: Lease | undefined,
    line: readonly Waiter[],
    now: number,
  ): void {
    const still = new Set(this.#line(key, now).map(({ token }) => token));
    for (const { token } of line) {
      const withdrew = operation.kind === 'cancel' && operation.token === token;
      if (still.has(token) || token === granted?.token || withdrew) continue;
      if (this.#receivers.get(lockerIdOf(token))?.reachable === true) {
        this.broken ??= `${token} waits and can be reached, and was passed over`;
      }
    }
  }

  #judgeAll({ members }: AcquireAllOperation, outcome: string, now: number): void {
    const held = members.filter(({ key, token }) => this.lease(key, now)?.token === token);
    if (outcome === 'granted all' && held.length < members.length) {
      this.broken ??= `${held.length} of ${members.length} were granted together`;
    }
  }

  #publish(grant: Grant): void {
    if (this.subscriptions.listens(lockerIdOf(grant.token))) this.#told.push(grant.token);
    this.subscriptions.publish(grant);
  }
}
