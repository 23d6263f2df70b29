import type { Clock } from '../runtime/clock.js';
import type { Grace } from './grace.js';
import type { Failure, Grantee, Room } from './terms.js';
import type { Showing } from './view.js';

export type { Failure, Grantee, Room } from './terms.js';

/**
 * The port between the engine and a store: what can be asked, what can be answered, and what the
 * store tells on its own. The engine knows nothing else about Redis.
 *
 * An operation on one token is idempotent: sent again after a lost reply, it has the same effect.
 * Each change names what it is about: a claim by its token, which is never used again, or a grant by
 * token and fencing token. So what arrives late, or twice, never hits anybody else's lock.
 */

/** What concerns a claim or a grant says how it is asked for. */
interface Asked {
  /** Undefined: exclusively. The same in every operation for a token. */
  readonly room?: Room | undefined;
}

/** Asks for the lock. `enqueue`: stand in line if it is held by another. */
export interface AcquireOperation extends Asked {
  readonly kind: 'acquire';
  readonly key: string;
  readonly token: string;
  /** The same in every request for a token: the line keeps it with the token. */
  readonly ttl: number;
  readonly enqueue: boolean;
  /** The ticket of an earlier answer, to keep the place in the line. */
  readonly ticket: number | undefined;
  /** With so many in the line already, it is not put there. Default: no limit. */
  readonly maxWaiting?: number | undefined;
  /**
   * Takes the lock from all who have it since this number of the store's clock, or since before, and
   * passes by the line. From those who came later it takes nothing, and stands in front of the line: so
   * what arrives late, or twice, does not hit whoever has the lock after it. Only exclusively.
   */
  readonly steal?: number | undefined;
}

/** One of several locks that are asked for together. */
export interface Member {
  readonly key: string;
  readonly token: string;
}

/**
 * Asks for several locks in one step: all of them if each is free and nobody waits for it, else none.
 * It never stands in a line.
 */
export interface AcquireAllOperation {
  readonly kind: 'acquireAll';
  /** Of the first member. */
  readonly key: string;
  readonly members: readonly Member[];
  /** Of each lease. The same in every request for these tokens. */
  readonly ttl: number;
}

/** Extends the lease of one grant to `ttl` from now; never shortens it. */
export interface RenewOperation extends Asked {
  readonly kind: 'renew';
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly ttl: number;
  /**
   * When the lease that is believed in ends, in the store's time: before that, in a grace, a grant that
   * was lost is written back. Undefined: it is not.
   */
  readonly until?: number | undefined;
}

/** Gives one grant back and hands the lock to the first waiter that still listens. */
export interface ReleaseOperation extends Asked {
  readonly kind: 'release';
  readonly key: string;
  readonly token: string;
  /** Of the grant that is over; a later one to the same token stays. */
  readonly fencingToken: number;
}

/**
 * Makes certain that a claim neither waits for the lock nor holds it. Only for a token that nobody
 * believes in, and never will.
 */
export interface CancelOperation extends Asked {
  readonly kind: 'cancel';
  readonly key: string;
  readonly token: string;
  readonly ttl: number;
}

/** Takes the lock from whoever holds it and hands it to the first waiter that still listens. */
export interface ForceReleaseOperation {
  readonly kind: 'forceRelease';
  readonly key: string;
}

/** Goes on with a line: if nobody holds the lock, the first waiter that still listens gets it. */
export interface AdvanceOperation {
  readonly kind: 'advance';
  readonly key: string;
}

export type Operation =
  | AcquireOperation
  | AcquireAllOperation
  | RenewOperation
  | ReleaseOperation
  | CancelOperation
  | ForceReleaseOperation
  | AdvanceOperation;

/** Who has a lock, by what its key holds. */
export type Holder =
  | ({ readonly kind: 'grant' } & Grantee)
  /** Those who share it, none of them in particular. */
  | { readonly kind: 'room' }
  /** A client of another kind, and what it has written; the beginning, if that is long. */
  | { readonly kind: 'foreign'; readonly value: string };

/** What a store tells with its answers to a locker with a grace. */
interface Timed {
  /** When it was answered, in ms of the store's time. */
  readonly at?: number;
}

/** The same of a lock that is not to be had. */
interface Refused extends Timed {
  /** So long nobody is granted anything, in ms: the store has lost its data. */
  readonly grace?: number;
}

export interface Granted extends Timed {
  readonly kind: 'granted';
  readonly fencingToken: number;
  /** The token already stood in the lock key: an earlier reply or push did not arrive. */
  readonly already: boolean;
  /** There may be others who can be let into the room: `advance` goes on with them. */
  readonly more: boolean;
  /** From whom it was stolen; a request that is sent again does not learn it any more. */
  readonly from?: Holder | undefined;
}

export interface Waiting extends Refused {
  readonly kind: 'waiting';
  /**
   * What the holder has left, in ms, of several the first whose lease ends. 0: ask again at once;
   * Infinity: no expiry.
   */
  readonly holderTtl: number;
  /** Who is in the way; undefined: nobody, and the line is not yet at its end. */
  readonly holder: Holder | undefined;
  readonly ticket: number;
  /** This request put the token into the line; it did not stand there before. */
  readonly enqueued: boolean;
  /** The last value of the store's clock: an older grant for this token is over. */
  readonly asOf: number;
  /**
   * The holder is a client of another kind, which tells nobody when it is done, and this token is the
   * first in line of those that can be told: it has to ask often, and nobody else.
   */
  readonly mustAsk?: boolean;
}

export interface Busy extends Refused {
  readonly kind: 'busy';
  /** As in {@link Waiting}. */
  readonly holderTtl: number;
  /** As in {@link Waiting}. */
  readonly holder: Holder | undefined;
}

/**
 * It would have to wait, and the store has no listener for it: a waiter that cannot be told is in
 * nobody's way, and so not put into the line. One that stands there already keeps its place.
 */
export interface Deaf extends Refused {
  readonly kind: 'deaf';
  /** As in {@link Waiting}. */
  readonly holderTtl: number;
  /** As in {@link Waiting}. */
  readonly holder: Holder | undefined;
}

/** It would have to wait, and as many as may do so already. It was not put into the line. */
export interface Full extends Refused {
  readonly kind: 'full';
  /** As in {@link Waiting}. */
  readonly holderTtl: number;
  /** As in {@link Waiting}. */
  readonly holder: Holder | undefined;
}

/** The lock key, or one beside it, holds another data type. */
export interface Foreign {
  readonly kind: 'foreign';
  readonly type: string;
  /** Undefined: the lock key. */
  readonly key: string | undefined;
}

/** All are held, each under its own fencing token, in the order of the members. */
export interface GrantedAll extends Timed {
  readonly kind: 'granted all';
  readonly fencingTokens: readonly number[];
}

/** The first member that is not to be had, and what is in its way. None was taken. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly place: number;
  readonly by: Busy | Foreign;
}

export interface Renewed extends Timed {
  readonly kind: 'renewed';
  /** It was lost with the data, and written back. */
  readonly reclaimed?: boolean;
}

/** What one step may do to a line is bounded. */
interface Step {
  /**
   * The lock is free, or there may be room, and there are still waiters to be looked at: `advance` goes
   * on with them.
   */
  readonly more: boolean;
}

export interface Released extends Step {
  readonly kind: 'released';
  /** The waiter that it was handed to, the first of several; undefined: it was to nobody. */
  readonly next: Grantee | undefined;
}

export interface ForceReleased extends Released {
  /** From whom it was taken. */
  readonly holder: Holder;
}

/** The lock key does not hold the grant. */
export interface Lost {
  readonly kind: 'lost';
  /** Who has the lock instead; undefined: nobody, or what stands there has another data type. */
  readonly holder: Holder | undefined;
}

export interface Cancelled extends Step {
  readonly kind: 'cancelled';
}

export interface Advanced extends Step {
  readonly kind: 'advanced';
}

/** What each kind of operation is answered with. */
export interface Outcomes {
  readonly acquire: Granted | Waiting | Busy | Deaf | Full | Foreign;
  readonly acquireAll: GrantedAll | Blocked;
  readonly renew: Renewed | Lost;
  readonly release: Released | Lost;
  readonly cancel: Cancelled;
  readonly forceRelease: ForceReleased | Lost | Foreign;
  readonly advance: Advanced;
}

export type OutcomeOf<O extends Operation> = Outcomes[O['kind']];

/**
 * Who is told how an operation went: one of the two, once. Called back instead of a promise, since
 * every operation comes this way; neither may throw.
 */
export interface Reply<O extends Operation> {
  /**
   * The operation is about to be sent: whatever it brings about is not older than this moment. False:
   * nobody wants it any more; then it fails as `not sent`.
   */
  sending(): boolean;
  answered(outcome: OutcomeOf<O>): void;
  failed(failure: Failure): void;
}

/** What goes first, where many wait for a connection. */
export type Urgency = 'keeping' | 'giving back' | 'asking';

/** How long an operation is worth something, and what goes before it. */
export interface Patience {
  /**
   * `keeping`: without it a lock is lost that is held. `giving back`: somebody else waits for it.
   * `asking`: for what is not held yet.
   */
  readonly urgency: Urgency;
  /** The moment on the monotonic clock after which it need not be sent any more. */
  readonly sendBy: number;
  /** From when it was sent: after about so many ms of silence its connection is given up. */
  readonly silence: number;
}

/** A lock that the store handed to a waiter of this locker. */
export interface Grant extends Grantee {
  readonly key: string;
}

/** What is said of a grant. */
export interface Revocation extends Grant {
  /** By a forced release. If not, somebody found it gone, or gave it back who took part in it. */
  readonly forced: boolean;
}

/** What a store tells a locker without being asked. Must not throw. */
export interface StoreListener {
  granted(grant: Grant): void;
  /** Somebody says that this grant is over. Perhaps it is not so: to be asked. */
  revoked(revocation: Revocation): void;
  /**
   * Grants may have been missed: every waiter should ask again whose lock is told of on one of these
   * channels. Without them: every waiter.
   */
  reconnected(channels?: ReadonlySet<GrantChannel>): void;
  /** Only to a locker with a grace: the server there has lost its data, and grants nothing for so many ms. */
  graced?(left: number, address: string): void;
}

/**
 * On which a locker is told of grants: one channel for all locks of a server, or, where locks are on
 * several servers, one for those that are always on the same.
 */
export interface GrantChannel {
  /**
   * Of the subscription on which grants reach this locker now; 0: none do. Nothing may be enqueued then.
   * A subscription that is made anew has a higher number.
   */
  readonly number: number;
  /** Resolves when grants reach this locker, or with what kept one try from getting there. */
  listen(): Promise<Failure | undefined>;
  /**
   * Grants do not come on this subscription. `certain`: the store said so, nobody needs to wait for
   * more. Another one is made, and then `reconnected` is called. An older number than that of today is
   * ignored.
   */
  doubt(number: number, certain: boolean): void;
  /** Somebody waits: makes sure, in its own time, that grants still come. */
  probe(): void;
}

/** One locker's line to a store. */
export interface StoreSession extends Showing {
  /** As that of the store. */
  readonly address: string;
  /** On which this locker is told of grants of this lock: for the same channel, the same object. */
  channelOf(key: string): GrantChannel;
  /** A grant that is pushed is only believed once it was asked for again. Default: it is at once. */
  readonly confirmsPushes?: boolean;
  /** Of the server that has this lock now, for messages. */
  addressOf(key: string): string;
  /** Why nothing can be asked about this lock now; undefined: something can. */
  outageOf(key: string): Error | undefined;
  /** Whether one operation can take all of these locks. */
  areTogether(locks: readonly { readonly key: string }[]): boolean;
  /**
   * Sends an operation, in the order of their urgency. The reply never comes in the same turn. As long as the
   * store answers others, an operation waits for its turn until `sendBy`.
   */
  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void;
  /**
   * Resolves when this locker is told of all locks before anybody waits, or with what kept it from that.
   * Where there is a channel for each of many parts, each is opened as soon as a lock there is asked for.
   */
  listen(): Promise<Failure | undefined>;
  /**
   * Tells the locker that a grant names, if it listens, that this is over here: it may have been shared.
   * Never in vain said too often, since it is not believed.
   */
  announce(grant: Grant): void;
  /** Frees what the session opened. Operations under way fail as `closed`. */
  close(): void;
}

/** Where locks live. Opaque to users; see `memoryStore` and the options of `createLocker`. */
export interface LockStore {
  /** Where the locks are, for messages; never contains a password. */
  readonly address: string;
  /**
   * The time of its lockers, where that is not the machine's.
   *
   * @internal
   */
  readonly clock?: Clock;
  /**
   * `commandTimeout`: after so many ms without any answer nothing is sent any more.
   *
   * @internal
   */
  open(
    lockerId: string,
    listener: StoreListener,
    commandTimeout: number,
    grace?: Grace,
  ): Promise<StoreSession>;
}
