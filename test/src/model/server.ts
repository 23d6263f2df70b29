import type {
  AcquireAllOperation,
  Grant,
  Operation,
  Outcomes,
  Room,
} from '../../../packages/core/dist/store/port.js';
import { lockerIdOf } from '../../../packages/core/dist/store/protocol.js';
import type { Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type { Grace } from '../../../packages/core/dist/store/grace.js';
import { Reigns } from './reigns.js';
import type { Specimen } from './specimen.js';
import { Subscriptions } from './subscriptions.js';

interface Lease {
  readonly token: string;
  readonly fencingToken: number;
  readonly expiresAt: number;
  /** How it is asked for, if not exclusively. */
  readonly demand?: Room;
}

interface Waiter {
  readonly token: string;
  readonly ticket: number;
  readonly room: Room | undefined;
}

/** The keyspace's own state, opened to view by `prepare`. */
interface Opened {
  readonly $data: OpenedData;
  readonly $grace: number;
  readonly $epochs: {
    readonly reign: string;
    readonly $epochs: ReadonlyMap<string, { readonly until: number; readonly reign: string }>;
  };
}

interface OpenedData {
  readonly $leases: ReadonlyMap<string, Lease>;
  readonly $rooms: ReadonlyMap<
    string,
    { readonly $members: ReadonlyMap<string, Lease>; readonly $used: number }
  >;
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
  /** When each grant was given back, by token and number. */
  readonly ended: Map<string, number> = new Map();
  /** The first law that an operation broke. */
  broken: string | undefined;
  readonly reigns: Reigns;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  /** The grants that somebody took by force, as token and fencing token: their holders may not know. */
  readonly robbed: Set<string> = new Set();
  /** The fencing tokens of the last thefts, by the tokens of the thieves. */
  readonly #thefts = new Map<string, number>();
  readonly #fences = new Map<string, number>();
  #told: string[] = [];

  constructor(
    specimen: Specimen,
    receivers: ReadonlyMap<string, Receiver>,
    grace: Grace | undefined,
  ) {
    const { subscriptions } = this;
    this.#receivers = receivers;
    const channels = {
      listens: (lockerId: string) => subscriptions.listens(lockerId),
      publish: (grant: Grant) => this.#publish(grant),
      // Whoever is not told learns it by a renewal.
      revoke: () => {},
    };
    this.reigns = new Reigns(specimen, channels, grace, describe);
  }

  get #keyspace(): Keyspace {
    return this.reigns.keyspace;
  }

  /** The keyspace's own state. */
  get #opened(): Opened {
    return this.#keyspace as unknown as Opened;
  }

  /** Who holds the lock, each until when. */
  leases(key: string, now: number): readonly Lease[] {
    return this.#all(key).filter(({ expiresAt }) => expiresAt > now);
  }

  /** The next moment at which a lease or a line runs out. */
  next(now: number): number {
    const { $data, $epochs } = this.#opened;
    const { $leases, $rooms, $queues } = $data;
    const members = [...$rooms.values()].flatMap(({ $members }) => Array.from($members.values()));
    let next = Infinity;
    for (const perishables of [$leases.values(), members, $queues.values()]) {
      for (const { expiresAt } of perishables) {
        if (expiresAt > now) next = Math.min(next, expiresAt);
      }
    }
    for (const { until } of $epochs.$epochs.values()) if (until > now) next = Math.min(next, until);
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
      leases: this.leases(key, now),
      line: this.#line(key, now),
    }));
    this.#told = [];
    const listening = new Set(
      [...this.#receivers.keys()].filter((name) => this.subscriptions.listens(name)),
    );
    const outcome = this.reigns.apply(operation, now, listening);
    const isGraced = this.#opened.$grace > 0;
    if (operation.kind === 'release' && outcome.kind === 'released') {
      this.ended.set(`${operation.token} ${operation.fencingToken}`, now);
    }
    for (const { key, leases, line } of before) {
      const fences = new Set(leases.map(({ fencingToken }) => fencingToken));
      const after = this.leases(key, now);
      this.#judgeTheft(operation, outcome, leases);
      if (operation.kind === 'forceRelease' && outcome.kind === 'released') this.#rob(leases);
      // Who is reclaimed is not refused for those who are over, and who are not known to be.
      if (this.reigns.losses === 0 && !fit(after.map(({ demand }) => demand))) {
        this.broken ??= `${after.map(({ token }) => token).join(' and ')} have ${key} together`;
      }
      const granted = after
        .filter(({ fencingToken }) => !fences.has(fencingToken))
        .toSorted((one, other) => one.fencingToken - other.fencingToken);
      const isReclaimed = operation.kind === 'renew';
      for (const lease of isReclaimed ? [] : granted) this.#judgeGrant(operation, key, lease, line);
      this.#judgeLine(operation, key, granted, line, now);
      if (!isGraced) this.#judgeRoom(operation, key, outcome, line, now);
    }
    if (operation.kind === 'acquireAll') this.#judgeAll(operation, outcome.kind, now);
    return outcome;
  }

  /** Everything that later operations depend on. */
  state(now: number): string {
    const { $data, $epochs } = this.#opened;
    const { $leases, $rooms, $queues, $clock } = $data;
    let text = `${$clock}`;
    for (const [key, { token, fencingToken, expiresAt }] of $leases) {
      if (expiresAt > now) text += `;${key}=${token} ${fencingToken} ${expiresAt}`;
    }
    // One that is over still counts until it is found.
    for (const [key, { $members, $used }] of $rooms) {
      text += `;${key}:${$used} `;
      for (const { token, fencingToken, expiresAt } of $members.values()) {
        text += `${token} ${fencingToken} ${expiresAt},`;
      }
    }
    for (const [key, { waiters, expiresAt }] of $queues) {
      text += `;${key}<${expiresAt}`;
      for (const { token, ticket } of waiters) text += ` ${token} ${ticket}`;
    }
    if (this.#thefts.size + this.robbed.size > 0)
      text += `;${[...this.#thefts, ...this.robbed].join()}`;
    for (const { until, reign } of $epochs.$epochs.values()) {
      if (until > now || reign !== $epochs.reign) text += `;${reign} ${until}`;
    }
    return `${text};${$epochs.reign};${this.subscriptions.state()}`;
  }

  #all(key: string): readonly Lease[] {
    const { $leases, $rooms } = this.#opened.$data;
    const lease = $leases.get(key);
    return [...(lease === undefined ? [] : [lease]), ...($rooms.get(key)?.$members.values() ?? [])];
  }

  #line(key: string, now: number): readonly Waiter[] {
    const queue = this.#opened.$data.$queues.get(key);
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
    // Who steals passes by the line, and by thieves that came later and were not so quick.
    const steals = operation.kind === 'acquire' && operation.steal !== undefined && asked;
    const place = line.find(({ token }) => token === lease.token)?.ticket ?? Infinity;
    const ticket = steals ? -Infinity : place;
    const still = new Set(this.#opened.$data.$queues.get(key)?.waiters.map(({ token }) => token));
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
    granted: readonly Lease[],
    line: readonly Waiter[],
    now: number,
  ): void {
    const still = new Set(this.#line(key, now).map(({ token }) => token));
    for (const { token } of line) {
      const withdrew = operation.kind === 'cancel' && operation.token === token;
      if (still.has(token) || withdrew || granted.some((lease) => lease.token === token)) continue;
      if (this.#receivers.get(lockerIdOf(token))?.reachable === true) {
        this.broken ??= `${token} waits and can be reached, and was passed over`;
      }
    }
  }

  /** `leases`: who had the lock before. */
  #judgeTheft(
    operation: Operation,
    outcome: Outcomes[Operation['kind']],
    leases: readonly Lease[],
  ): void {
    if (operation.kind !== 'acquire' || operation.steal === undefined) return;
    if (outcome.kind !== 'granted' || outcome.already) return;
    const { token, steal } = operation;
    const [victim] = leases;
    if (victim !== undefined && steal < (this.#thefts.get(token) ?? 0)) {
      this.broken ??= `what ${token} asked before it had the lock steals from ${victim.token}`;
    }
    this.#thefts.set(token, outcome.fencingToken);
    this.#rob(leases);
  }

  #rob(leases: readonly Lease[]): void {
    for (const lease of leases) this.robbed.add(`${lease.token} ${lease.fencingToken}`);
  }

  #judgeAll({ members }: AcquireAllOperation, outcome: string, now: number): void {
    const held = members.filter(({ key, token }) =>
      this.leases(key, now).some((lease) => lease.token === token),
    );
    if (outcome === 'granted all' && held.length < members.length) {
      this.broken ??= `${held.length} of ${members.length} were granted together`;
    }
  }

  /** Nobody waits for a place that is there. `line`: who stood in it before this operation. */
  #judgeRoom(
    operation: Operation,
    key: string,
    { kind }: Outcomes[Operation['kind']],
    line: readonly Waiter[],
    now: number,
  ): void {
    const inside = this.leases(key, now).map(({ demand }) => demand);
    const refused = kind === 'busy' || kind === 'waiting' || kind === 'deaf';
    if (operation.kind === 'acquire' && refused && line.length === 0) {
      if (fit([...inside, operation.room])) {
        this.broken ??= `${operation.token} was not given ${key}, though there is room`;
      }
    }
    const [first] = this.#line(key, now);
    if (operation.kind === 'renew' || kind === 'lost' || inside.length === 0) return;
    if (first === undefined || !this.subscriptions.listens(lockerIdOf(first.token))) return;
    if (fit([...inside, first.room])) {
      this.broken ??= `${first.token} is left standing, though there is room for it in ${key}`;
    }
  }

  #publish(grant: Grant): void {
    if (this.subscriptions.listens(lockerIdOf(grant.token))) this.#told.push(grant.token);
    this.subscriptions.publish(grant);
  }
}

/** All that a keyspace has. */
function describe(keyspace: Keyspace): string {
  const { $data, $epochs } = keyspace as unknown as Opened;
  const { $leases, $rooms, $queues, $clock } = $data;
  const rooms = [...$rooms].map(([key, { $members }]) => [key, [...$members.values()]]);
  return JSON.stringify([$clock, [...$leases], rooms, [...$queues], [...$epochs.$epochs]]);
}

const ALONE: Room = { limit: 1, weight: 1 };

/** Whether they may have a lock together; undefined: exclusively. */
export function fit(demands: readonly (Room | undefined)[]): boolean {
  const used = demands.reduce((sum, demand = ALONE) => sum + demand.weight, 0);
  return demands.every((demand = ALONE) => used <= demand.limit);
}
