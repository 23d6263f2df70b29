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
import { type Event, Reigns } from './reigns.js';
import { type Carelessness, Slot } from './slot.js';
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
  /** In a cluster; undefined: there is one server, and its replica. */
  readonly slot: Slot | undefined;
  readonly #receivers: ReadonlyMap<string, Receiver>;
  /** The grants that somebody took by force, as token and fencing token: their holders may not know. */
  readonly robbed: Set<string> = new Set();
  /** The fencing tokens of the last thefts, by the tokens of the thieves. */
  readonly #thefts = new Map<string, number>();
  readonly #fences = new Map<string, number>();
  readonly #specimen: Specimen;
  readonly #grace: Grace | undefined;
  #told: string[] = [];
  /** Where it is heard as well what this one says. */
  #echo: Subscriptions | undefined;

  constructor(
    specimen: Specimen,
    receivers: ReadonlyMap<string, Receiver>,
    grace: Grace | undefined,
    cluster: { readonly careless?: Carelessness } | undefined,
    life: readonly Event[] = [],
  ) {
    const { subscriptions } = this;
    this.#specimen = specimen;
    this.#grace = grace;
    this.#receivers = receivers;
    const channels = {
      listens: (lockerId: string) => subscriptions.listens(lockerId),
      publish: (grant: Grant) => this.#publish(grant),
      // Whoever is not told learns it by a renewal.
      revoke: () => {},
    };
    this.reigns = new Reigns(specimen, channels, grace, describe, life);
    if (cluster === undefined) return;
    const channelsAt = (owner: 0 | 1): typeof channels => ({
      listens: (lockerId) => subscriptions.listens(lockerId, owner),
      publish: (grant) => this.#publish(grant, owner),
      revoke: () => {},
    });
    this.slot = new Slot(specimen, [channelsAt(0), channelsAt(1)], cluster.careless);
  }

  /** A replica that has all that there is here; nobody listens there. `echoes`: what is said here is heard there. */
  successor(echoes: boolean): Server {
    const { life } = this.reigns;
    const server = new Server(this.#specimen, this.#receivers, this.#grace, undefined, life);
    for (const [key, fence] of this.#fences) server.#fences.set(key, fence);
    if (echoes) this.#echo = server.subscriptions;
    return server;
  }

  get #keyspaces(): readonly Keyspace[] {
    return this.slot?.spaces ?? [this.reigns.keyspace];
  }

  /** The keyspaces' own state. */
  get #opened(): readonly Opened[] {
    return this.#keyspaces as unknown as readonly Opened[];
  }

  /** Whether an operation has to wait until the slot has arrived. */
  refuses(operation: Operation): boolean {
    return this.slot !== undefined && this.slot.spaceFor(operation) === undefined;
  }

  /** Another master serves the slot: those at the former one are told that nothing comes there any more. */
  finishMove(): void {
    const { slot } = this;
    if (slot === undefined) return;
    slot.finish();
    this.subscriptions.move(slot.owner, !slot.tellsNobody);
  }

  /** Who holds the lock, each until when. */
  leases(key: string, now: number): readonly Lease[] {
    return this.#all(key).filter(({ expiresAt }) => expiresAt > now);
  }

  /** The next moment at which a lease or a line runs out. */
  next(now: number): number {
    let next = Infinity;
    for (const { $data, $epochs } of this.#opened) {
      const { $leases, $rooms, $queues } = $data;
      const members = [...$rooms.values()].flatMap(({ $members }) => Array.from($members.values()));
      for (const perishables of [$leases.values(), members, $queues.values()]) {
        for (const { expiresAt } of perishables) {
          if (expiresAt > now) next = Math.min(next, expiresAt);
        }
      }
      for (const { until } of $epochs.$epochs.values()) {
        if (until > now) next = Math.min(next, until);
      }
    }
    return next;
  }

  /** Whether a token of this locker holds or waits, or did and was not found to be over. */
  knows(lockerId: string): boolean {
    return this.#opened.some(({ $data: { $leases, $rooms, $queues } }) => {
      const members = [...$rooms.values()].flatMap(({ $members }) => Array.from($members.values()));
      const waiters = [...$queues.values()].flatMap((queue) => queue.waiters);
      return [...$leases.values(), ...members, ...waiters].some(
        ({ token }) => lockerIdOf(token) === lockerId,
      );
    });
  }

  size(now: number): number {
    return this.#keyspaces.reduce((sum, keyspace) => sum + keyspace.size(now), 0);
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
    const space = this.slot?.spaceFor(operation);
    const outcome =
      space === undefined
        ? this.reigns.apply(operation, now, listening)
        : space.apply(operation, now);
    const isGraced = this.#opened.some(({ $grace }) => $grace > 0);
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

  /** Everything that later operations depend on; without what concerns only these lockers. */
  state(now: number, without: ReadonlySet<string>): string {
    const states = this.#opened.map((opened) => stateOf(opened, now));
    const robbed = this.#thefts.size + this.robbed.size > 0;
    const thefts = robbed ? `;${[...this.#thefts, ...this.robbed].join()}` : '';
    return `${states.join('/')}${thefts}${this.slot?.state() ?? ''};${this.subscriptions.state(without)}`;
  }

  #all(key: string): readonly Lease[] {
    return this.#opened.flatMap(({ $data: { $leases, $rooms } }) => {
      const lease = $leases.get(key);
      const members = $rooms.get(key)?.$members.values() ?? [];
      return [...(lease === undefined ? [] : [lease]), ...members];
    });
  }

  #line(key: string, now: number): readonly Waiter[] {
    return this.#opened.flatMap(({ $data }) => {
      const queue = $data.$queues.get(key);
      return queue === undefined || queue.expiresAt <= now ? [] : queue.waiters;
    });
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
    const queues = this.#opened.flatMap(({ $data }) => $data.$queues.get(key)?.waiters ?? []);
    const still = new Set(queues.map(({ token }) => token));
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

  /** `owner`: of the masters of a cluster. */
  #publish(grant: Grant, owner?: 0 | 1): void {
    if (this.subscriptions.listens(lockerIdOf(grant.token), owner)) this.#told.push(grant.token);
    this.subscriptions.publish(grant, owner);
    this.#echo?.publish(grant);
  }
}

/** Everything of a keyspace that later operations depend on. */
function stateOf({ $data, $epochs }: Opened, now: number): string {
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
  for (const { until, reign } of $epochs.$epochs.values()) {
    if (until > now || reign !== $epochs.reign) text += `;${reign} ${until}`;
  }
  return `${text};${$epochs.reign}`;
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
