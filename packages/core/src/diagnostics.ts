import { type Channel, channel } from 'node:diagnostics_channel';
import type { LostReason } from './errors.js';

/** Which acquisition a message is about. */
export interface AcquisitionMessage {
  readonly lockName: string;
  /** The owner token, as in `Lock.token`. */
  readonly token: string;
  readonly fencingToken: number;
}

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
  /** A lock was acquired. `handedOff`: by the previous holder, after standing in line. */
  'holdfast:acquire': AcquisitionMessage & {
    readonly waited: number;
    readonly handedOff: boolean;
  };
  /** An acquire gave up because the lock was busy. `holderTtl` is undefined without an expiry. */
  'holdfast:busy': {
    readonly lockName: string;
    readonly waited: number;
    readonly holderTtl: number | undefined;
  };
  /**
   * A wait has lasted for longer than its `warnAfter`, and goes on; once for each. `cause`: what keeps
   * Redis from answering, if it does not. Only of waits that began when somebody listened.
   */
  'holdfast:wait-long': {
    readonly lockName: string;
    readonly token: string;
    readonly waited: number;
    readonly holderTtl: number | undefined;
    readonly cause: unknown;
  };
  /** A grant was pushed to a waiter of this process. */
  'holdfast:hand-off': AcquisitionMessage & { readonly waited: number };
  /** A renewal came to an end. `unknown`: no answer, to be tried again before the deadline. */
  'holdfast:renewal': AcquisitionMessage & {
    readonly outcome: 'renewed' | 'lost' | 'unknown' | 'expired';
    readonly remaining: number;
    readonly cause: unknown;
  };
  /** A held lock was lost. */
  'holdfast:loss': AcquisitionMessage & { readonly reason: LostReason };
  /** A lock was given back. `handedOff`: to a waiter that stood in line. */
  'holdfast:release': AcquisitionMessage & { readonly held: number; readonly handedOff: boolean };
  /** A release got no answer, or an error for an answer. The lock runs out by itself. */
  'holdfast:release-unanswered': AcquisitionMessage & { readonly cause: unknown };
  /** A connection to Redis was opened or lost. */
  'holdfast:connection': {
    readonly address: string;
    readonly state: 'open' | 'lost';
    readonly purpose: 'commands' | 'wake';
    readonly cause: unknown;
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
export const connectionTopic: Topic<'holdfast:connection'> = new Topic('holdfast:connection');
