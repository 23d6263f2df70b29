import { type Channel, channel } from 'node:diagnostics_channel';
import type { LockHolder } from './lock-holder.js';
import type { LossFacts, LostReason } from './loss.js';

/** How a lock is asked for, and held, that is not held exclusively. */
export interface ModeMessage {
  /** Undefined: exclusively. */
  readonly mode?: 'shared' | 'limited' | undefined;
  /** Of one that is limited, as is its weight. */
  readonly limit?: number | undefined;
  readonly weight?: number | undefined;
}

/** Which acquisition a message is about. */
export interface AcquisitionMessage extends ModeMessage {
  readonly lockName: string;
  /** The owner token, as in `Lock.token`. */
  readonly token: string;
  readonly fencingToken: number;
}

/**
 * How a wait ends. `timeout`: it stayed busy for `waitTimeout`; `aborted`: by the caller's signal;
 * `unreachable`, `refused`: Redis gave no answer, or an error for one; `not-replicated`: too few replicas
 * acknowledged it; `closed`: with the locker;
 * `foreign`: the lock key holds another data type.
 */
export type WaitOutcome =
  | 'granted'
  | 'timeout'
  | 'aborted'
  | 'unreachable'
  | 'refused'
  | 'not-replicated'
  | 'full'
  | 'closed'
  | 'foreign';

/** How a renewal ends. `unknown`: no answer, or an error for one; `expired`: the deadline passed first. */
export type RenewalOutcome = 'renewed' | 'lost' | 'unknown' | 'expired';

/**
 * The channels of `node:diagnostics_channel` and what is published on each. With no subscriber
 * nothing is built and nothing is sent. All durations are milliseconds.
 *
 * @example Count the time that callers spend waiting
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { DiagnosticMessages } from '@holdfast/core';
 *
 * let waited = 0;
 * subscribe('holdfast:acquire', (message) => {
 *   waited += (message as DiagnosticMessages['holdfast:acquire']).waited;
 * });
 * ```
 */
export interface DiagnosticMessages {
  /**
   * A call began to wait: the first answer was no grant, or none came. Who is in the way and for how
   * long is as the server said it; `cause` is why it said nothing. `waitTimeout` is undefined without a
   * limit. Each is followed by one `holdfast:wait-end` with the same `token`.
   */
  'holdfast:wait-begin': ModeMessage & {
    readonly lockName: string;
    readonly token: string;
    readonly holder: LockHolder | undefined;
    readonly holderTtl: number | undefined;
    readonly waitTimeout: number | undefined;
    readonly cause: unknown;
  };
  /** That wait came to its end. `holder`: who was in the way, as the server said last. */
  'holdfast:wait-end': ModeMessage & {
    readonly lockName: string;
    readonly token: string;
    readonly outcome: WaitOutcome;
    readonly waited: number;
    readonly holder: LockHolder | undefined;
    /** Of a lock that was granted. */
    readonly fencingToken: number | undefined;
  };
  /** A lock was acquired. `handedOff`: by the previous holder, after standing in line. */
  'holdfast:acquire': AcquisitionMessage & {
    readonly waited: number;
    readonly handedOff: boolean;
  };
  /** An acquire gave up because the lock was busy. `holderTtl` is undefined without an expiry. */
  'holdfast:busy': ModeMessage & {
    readonly lockName: string;
    readonly token: string;
    readonly waited: number;
    readonly holderTtl: number | undefined;
    readonly holder: LockHolder | undefined;
  };
  /**
   * A wait has lasted for longer than its `warnAfter`, and goes on; once for each. `cause`: what keeps
   * Redis from answering, if it does not. Only of waits that began when somebody listened.
   */
  'holdfast:wait-long': ModeMessage & {
    readonly lockName: string;
    readonly token: string;
    readonly waited: number;
    readonly holder: LockHolder | undefined;
    readonly holderTtl: number | undefined;
    readonly cause: unknown;
  };
  /** A grant was pushed to a waiter of this process. */
  'holdfast:hand-off': AcquisitionMessage & { readonly waited: number };
  /** A renewal came to an end. `unknown`: no answer, to be tried again before the deadline. */
  'holdfast:renewal': AcquisitionMessage & {
    readonly outcome: RenewalOutcome;
    readonly remaining: number;
    readonly cause: unknown;
  };
  /** A held lock was lost. `facts` as in `LockLostError`. */
  'holdfast:loss': AcquisitionMessage & {
    readonly reason: LostReason;
    readonly holder: LockHolder | undefined;
    readonly facts: LossFacts | undefined;
  };
  /** A lock was given back. `handedOff`: to `next`, which stood in line; else nobody has it. */
  'holdfast:release': AcquisitionMessage & {
    readonly heldFor: number;
    readonly handedOff: boolean;
    readonly next: LockHolder | undefined;
  };
  /**
   * A release got no answer, or an error for an answer. Others may have to wait for `blockedFor` ms at
   * the most: until it is answered after all, or the lease is over.
   */
  'holdfast:release-unanswered': AcquisitionMessage & {
    readonly blockedFor: number;
    readonly cause: unknown;
  };
  /** `forceRelease`, or a request of Web Locks that steals, took a lock from its `holder`. The rest is as in `holdfast:release`. */
  'holdfast:forced-release': {
    readonly lockName: string;
    readonly holder: LockHolder | undefined;
    readonly handedOff: boolean;
    readonly next: LockHolder | undefined;
  };
  /**
   * To a locker with a `grace`: the server has lost its data, or was started anew, and grants nothing;
   * a lock of this locker was lost there and is reclaimed; or that time is over.
   */
  'holdfast:grace': { readonly address: string } & (
    | { readonly state: 'began'; readonly remaining: number }
    | { readonly state: 'reclaimed'; readonly lockName: string; readonly fencingToken: number }
    | { readonly state: 'ended'; readonly reclaimed: number }
  );
  /** A connection to Redis, or to a sentinel, was opened or lost. `address` is its other end. */
  'holdfast:connection': {
    readonly address: string;
    readonly state: 'open' | 'lost';
    readonly purpose: 'commands' | 'wake' | 'sentinel';
    readonly cause: unknown;
  };
  /**
   * Slots of a cluster are served by another master than before, or by none: it was resharded, or a
   * replica has taken over. `address` is where the cluster was found, `from` and `to` are its masters.
   * Or sentinels, which are at `address`, name another master: then `slots` is empty.
   */
  'holdfast:topology': {
    readonly address: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly slots: readonly number[];
  };
}

export type DiagnosticChannel = keyof DiagnosticMessages;

/** One channel with the type of its messages. */
class Topic<K extends DiagnosticChannel> {
  readonly #channel: Channel;

  constructor(name: K) {
    this.#channel = channel(name);
  }

  /** Whether anybody listens: ask before building a message. */
  get heard(): boolean {
    return this.#channel.hasSubscribers;
  }

  publish(message: DiagnosticMessages[K]): void {
    this.#channel.publish(message);
  }
}

/** All channels, in the order of the life of a lock. */
export const CHANNELS: readonly DiagnosticChannel[] = Object.keys({
  'holdfast:wait-begin': true,
  'holdfast:wait-long': true,
  'holdfast:hand-off': true,
  'holdfast:wait-end': true,
  'holdfast:acquire': true,
  'holdfast:busy': true,
  'holdfast:renewal': true,
  'holdfast:loss': true,
  'holdfast:release': true,
  'holdfast:release-unanswered': true,
  'holdfast:forced-release': true,
  'holdfast:grace': true,
  'holdfast:connection': true,
  'holdfast:topology': true,
} satisfies Record<DiagnosticChannel, true>) as DiagnosticChannel[];

export const waitBeginTopic: Topic<'holdfast:wait-begin'> = new Topic('holdfast:wait-begin');
export const waitEndTopic: Topic<'holdfast:wait-end'> = new Topic('holdfast:wait-end');
export const acquireTopic: Topic<'holdfast:acquire'> = new Topic('holdfast:acquire');
export const busyTopic: Topic<'holdfast:busy'> = new Topic('holdfast:busy');
export const waitLongTopic: Topic<'holdfast:wait-long'> = new Topic('holdfast:wait-long');
export const handOffTopic: Topic<'holdfast:hand-off'> = new Topic('holdfast:hand-off');
export const renewalTopic: Topic<'holdfast:renewal'> = new Topic('holdfast:renewal');
export const lossTopic: Topic<'holdfast:loss'> = new Topic('holdfast:loss');
export const releaseTopic: Topic<'holdfast:release'> = new Topic('holdfast:release');
export const releaseUnansweredTopic: Topic<'holdfast:release-unanswered'> = new Topic(
  'holdfast:release-unanswered',
);
export const forcedReleaseTopic: Topic<'holdfast:forced-release'> = new Topic(
  'holdfast:forced-release',
);
export const graceTopic: Topic<'holdfast:grace'> = new Topic('holdfast:grace');
export const connectionTopic: Topic<'holdfast:connection'> = new Topic('holdfast:connection');
export const topologyTopic: Topic<'holdfast:topology'> = new Topic('holdfast:topology');
