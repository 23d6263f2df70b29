import { subscribe } from 'node:diagnostics_channel';
import type { DiagnosticMessages, Lock } from '@holdfast/core';
import { now } from '../clock.js';
import type { Journal } from './journal.js';

/** Writes down what the holders of this process believe. `Belief` says why each bound is safe. */
export class Witness {
  readonly #journal: Journal;
  readonly #locks = new Map<string, Lock>();
  readonly #handedOff = new Set<string>();

  constructor(journal: Journal) {
    this.#journal = journal;
    subscribe('holdfast:acquire', (message) => {
      const { token, handedOff } = message as DiagnosticMessages['holdfast:acquire'];
      if (handedOff) this.#handedOff.add(token);
    });
    subscribe('holdfast:renewal', (message) => {
      const { token, outcome } = message as DiagnosticMessages['holdfast:renewal'];
      const lock = this.#locks.get(token);
      if (outcome === 'renewed' && lock !== undefined) {
        const at = now();
        journal.write({ kind: 'extended', at, owner: token, until: at + lock.remaining });
      }
    });
    subscribe('holdfast:loss', (message) => {
      const { token, reason } = message as DiagnosticMessages['holdfast:loss'];
      if (reason !== 'released' && this.#locks.delete(token)) {
        journal.write({ kind: 'ended', owner: token, how: reason });
      }
    });
  }

  /** A call has just returned this lock. */
  granted(call: number, lock: Lock, ttl: number): void {
    const at = now();
    const { remaining } = lock;
    const { name, token: owner, fencingToken } = lock;
    const handedOff = this.#handedOff.delete(owner);
    const { mode, limit = null, weight } = lock;
    const share = mode === 'exclusive' ? undefined : { limit, weight };
    this.#locks.set(owner, lock);
    this.#journal.write({
      kind: 'granted',
      at,
      call,
      lock: name,
      owner,
      fencingToken,
      ttl,
      until: at + remaining,
      handedOff,
      share,
    });
  }

  /** The holder is about to give it back, by this call. */
  releasing(call: number, { token: owner }: Lock): void {
    this.#journal.write({ kind: 'ended', owner, how: 'released', call });
    this.#locks.delete(owner);
  }

  /** The holder is about to hand it over. */
  handingOver({ token: owner }: Lock): void {
    this.#journal.write({ kind: 'ended', owner, how: 'handed over' });
    this.#locks.delete(owner);
  }
}
