import type { Shape } from './shape.js';
import { TWO } from './shapes.js';

/** A change of one place in the compiled code. */
export interface Cut {
  /** Below `dist` of the core. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** A deliberate fault of the protocol: what the model checker must find. */
export interface Fault {
  readonly name: string;
  readonly cuts: readonly Cut[];
  /** A world in which it shows. */
  readonly world: Shape;
  /** What is said of it. */
  readonly breaks: RegExp;
}

/** The ways in which locks are usually got wrong. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'a waiter is enqueued before its subscription is acknowledged',
    world: TWO,
    breaks: /can be reached, and was passed over/,
    cuts: [
      {
        file: 'engine/claim.js',
        from: 'return busy && this.#terms.waitTimeout > 0 && !this.#engine.session.listening;',
        to: 'if (busy && !this.#engine.session.listening) this.#engine.session.listen(); return false;',
      },
      {
        file: 'engine/claim.js',
        from: 'const enqueue = this.#terms.waitTimeout > 0 && session.listening;',
        to: 'const enqueue = this.#terms.waitTimeout > 0;',
      },
    ],
  },
  {
    name: 'the deadline is counted from the reply',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/claim.js',
        from: 'const sent = this.#sent;',
        to: 'const sent = instant(this.#engine.clock);',
      },
    ],
  },
  {
    name: 'a release does not look at the token',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'if (lease?.token !== token || lease.fencingToken !== fencingToken)',
        to: 'if (lease === undefined)',
      },
    ],
  },
  {
    name: 'a cancel forgets that the lock was granted',
    world: { ...TWO, aborts: 1 },
    breaks: /waits for more than 0 ms/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: `if (this.#lease(key)?.token === token)
            this.#handOff(key);`,
        to: '',
      },
    ],
  },
  {
    name: 'the lock is handed to a process that is gone',
    world: { ...TWO, crashes: 1 },
    breaks: /was given to b\/1, who was not told/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'if (token === asker || this.#publish({ key, token, fencingToken }))',
        to: 'this.#publish({ key, token, fencingToken });',
      },
    ],
  },
  {
    name: 'a push is believed from the moment at which it comes',
    world: { ...TWO, passes: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/claim.js',
        from: 'const deadline = Deadline.ofLease(this.#basis, this.#terms.ttl);',
        to: 'this.#basis = instant(this.#engine.clock); const deadline = Deadline.ofLease(this.#basis, this.#terms.ttl);',
      },
    ],
  },
  {
    name: 'a renewal counts from its answer',
    world: { ...TWO, lockers: 1, passes: 4, renewals: 1 },
    breaks: /believes that it holds lock-0, which is nobody's/,
    cuts: [
      {
        file: 'engine/lease.js',
        from: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl));',
        to: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(instant(this.#engine.clock), ttl));',
      },
    ],
  },
  {
    name: 'nobody asks again after a lost connection',
    world: { ...TWO, breaks: 1 },
    breaks: /waits for more than 99 ms/,
    cuts: [
      {
        file: 'engine/engine.js',
        from: 'for (const line of this.lines.values())\n            line.askAll();',
        to: '',
      },
    ],
  },
  {
    name: 'who asks first takes a lock that ran out, past its line',
    world: { ...TWO, lockers: 3, passes: 1 },
    breaks: /who waits longer/,
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: 'this.#handOff(key, token) ?? this.#takeIfNobodyWaits(key, token, ttl);',
        to: 'this.#take(key, token, ttl);',
      },
    ],
  },
];
