import type { DiagnosticMessages, Lock, LockHolder, LockSet } from '@holdfast/core';
import type { Attributes, Span } from '@opentelemetry/api';
import { listen } from './channels.js';
import { ATTRIBUTE } from './names.js';

interface Wait {
  readonly since: number;
  readonly holder: LockHolder | undefined;
}

/**
 * Who was in the way of a call that has its lock now. The channels that tell it know a wait by its token,
 * and the call knows that when it is over.
 */
export class Waits {
  readonly #waits = new Map<string, Wait>();

  /** Returns how to end it. */
  begin(): () => void {
    const ends = [
      listen('holdfast:wait-begin', (message) => this.#begins(message)),
      listen('holdfast:wait-end', (message) => this.#ended(message)),
    ];
    return () => {
      for (const end of ends) end();
      this.#waits.clear();
    };
  }

  /** Writes down for whom the call that got this has waited. */
  tell(span: Span, held: Lock | LockSet): void {
    const locks = 'locks' in held ? held.locks.values() : [held];
    for (const { token } of locks) {
      const wait = this.#waits.get(token);
      if (wait !== undefined) span.addEvent('wait', attributesOf(wait.holder), wait.since);
    }
  }

  #begins({ token, holder }: DiagnosticMessages['holdfast:wait-begin']): void {
    this.#waits.set(token, { since: Date.now(), holder });
  }

  /** The call itself hears of it in this turn, if it does at all. */
  #ended({ token }: DiagnosticMessages['holdfast:wait-end']): void {
    setImmediate(() => this.#waits.delete(token)).unref();
  }
}

/** Whom to look for: the span of his hold has the same fencing token. */
export function attributesOf(holder: LockHolder | undefined): Attributes {
  if (holder?.kind !== 'locker') return {};
  const { owner, fencingToken } = holder;
  return {
    [ATTRIBUTE.holderFencingToken]: fencingToken,
    ...(owner === undefined ? {} : { [ATTRIBUTE.holderOwner]: owner }),
  };
}
