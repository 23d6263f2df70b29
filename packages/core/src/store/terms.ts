import type {
  GraceMismatchError,
  LockerClosedError,
  NotReplicatedError,
  RedisRefusedError,
  RedisUnreachableError,
} from '../errors.js';

/**
 * How a lock is asked for, and held, that is not held exclusively. The weights of all inside never
 * exceed the smallest of their limits. See docs/protocol.md.
 */
export interface Room {
  /** Infinity: none; it is shared. */
  readonly limit: number;
  readonly weight: number;
}

/** To whom a lock was granted, and under which number. */
export interface Grantee {
  readonly token: string;
  readonly fencingToken: number;
}

/**
 * Why there is no outcome.
 *
 * - `not sent`: it never left this process. The store knows nothing of it.
 * - `unanswered`: it was sent, and may or may not have been applied.
 * - `refused`: the answer was an error, and nothing was applied. `passing`: a state of the server,
 *   such as a full memory, that will be over; not something that is wrong with us or what we ask.
 * - `not replicated`: it was applied, and too few replicas have acknowledged that.
 * - `closed`: the session was closed.
 */
export type Failure =
  | { readonly kind: 'not sent'; readonly error: RedisUnreachableError }
  | { readonly kind: 'unanswered'; readonly error: RedisUnreachableError }
  | {
      readonly kind: 'refused';
      readonly passing: boolean;
      readonly error: RedisRefusedError | GraceMismatchError;
    }
  | { readonly kind: 'not replicated'; readonly error: NotReplicatedError }
  | { readonly kind: 'closed'; readonly error: LockerClosedError };
