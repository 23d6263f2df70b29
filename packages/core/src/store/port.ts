/**
 * The port between the engine and a store: what can be asked, what can be answered, and what the
 * store tells on its own. The engine knows nothing else about Redis.
 *
 * An operation on one token is idempotent: sent again after a lost reply, it has the same effect.
 */

/** Asks for the lock. `enqueue`: stand in line if it is held by another. */
export interface AcquireOperation {
  readonly kind: 'acquire';
  readonly key: string;
  readonly token: string;
  /** The same in every request for a token: the line keeps it with the token. */
  readonly ttl: number;
  readonly enqueue: boolean;
  /** The ticket of an earlier answer, to keep the place in the line. */
  readonly ticket: number | undefined;
}

/** Extends the lease to `ttl` from now; never shortens it. */
export interface RenewOperation {
  readonly kind: 'renew';
  readonly key: string;
  readonly token: string;
  readonly ttl: number;
}

/** Gives the lock back and hands it to the first waiter that still listens. */
export interface ReleaseOperation {
  readonly kind: 'release';
  readonly key: string;
  readonly token: string;
  /** Of the grant that is over; a later one to the same token stays. */
  readonly fencingToken: number;
}

/** Makes certain that the token neither holds the lock nor waits for it. */
export interface CancelOperation {
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

export type Operation =
  | AcquireOperation
  | RenewOperation
  | ReleaseOperation
  | CancelOperation
  | ForceReleaseOperation;

export interface Granted {
  readonly kind: 'granted';
  readonly fencingToken: number;
  /** The token already stood in the lock key: an earlier reply or push did not arrive. */
  readonly already: boolean;
}

export interface Waiting {
  readonly kind: 'waiting';
  /** What the holder has left, in ms; 0: ask again at once; Infinity: no expiry. */
  readonly holderTtl: number;
  readonly ticket: number;
  /** This request put the token into the line; it did not stand there before. */
  readonly enqueued: boolean;
  /** The last value of the store's clock: an older grant for this token is over. */
  readonly asOf: number;
}

export interface Busy {
  readonly kind: 'busy';
  /** As in {@link Waiting}. */
  readonly holderTtl: number;
}

/** The lock key holds another data type. */
export interface Foreign {
  readonly kind: 'foreign';
  readonly type: string;
}

export interface Renewed {
  readonly kind: 'renewed';
  readonly fencingToken: number;
}

export interface Released {
  readonly kind: 'released';
  readonly handedOff: boolean;
}

/** The lock key does not hold the token. */
export interface Lost {
  readonly kind: 'lost';
}

export interface Cancelled {
  readonly kind: 'cancelled';
}

/** What each kind of operation is answered with. */
export interface Outcomes {
  readonly acquire: Granted | Waiting | Busy | Foreign;
  readonly renew: Renewed | Lost;
  readonly release: Released | Lost;
  readonly cancel: Cancelled;
  readonly forceRelease: Released | Lost | Foreign;
}

export type OutcomeOf<O extends Operation> = Outcomes[O['kind']];

/**
 * Who is told how an operation went: one of the two, once. Called back instead of a promise, since
 * every operation comes this way; neither may throw.
 */
export interface Reply<O extends Operation> {
  answered(outcome: OutcomeOf<O>): void;
  /**
   * With a {@link RedisUnreachableError} if no answer came: the operation may or may not have run;
   * with a {@link RedisRefusedError} if the answer was an error; with a {@link LockerClosedError} if
   * the session was closed.
   */
  failed(error: Error): void;
}

/** A lock that the store handed to a waiter of this locker. */
export interface Grant {
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
}

/** What a store tells a locker without being asked. Must not throw. */
export interface StoreListener {
  granted(grant: Grant): void;
  /** Grants may have been missed: every waiter should ask again. */
  reconnected(): void;
}

/** One locker's line to a store. */
export interface StoreSession {
  /** As that of the store. */
  readonly address: string;
  /** Whether grants reach this locker now. Nothing may be enqueued before. */
  readonly listening: boolean;
  /** Sends an operation. The reply comes within about `patience` ms, never in the same turn. */
  submit<O extends Operation>(operation: O, patience: number, reply: Reply<O>): void;
  /** Resolves when grants reach this locker. Rejects with the errors of a {@link Reply}. */
  listen(): Promise<void>;
  /** A grant was missed although the channel seemed to stand: build it anew. */
  relisten(): void;
  /** Frees what the session opened. Operations under way are rejected. */
  close(): void;
}

/** Where locks live. Opaque to users; see `memoryStore` and the options of `createLocker`. */
export interface LockStore {
  /** Where the locks are, for messages; never contains a password. */
  readonly address: string;
  /** @internal */
  open(lockerId: string, listener: StoreListener): Promise<StoreSession>;
}
