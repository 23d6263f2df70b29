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
}

/** The ways in which locks are usually got wrong. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'a waiter is enqueued before its subscription is acknowledged',
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
    cuts: [
      {
        file: 'memory/keyspace.js',
        from: `#release({ key, token }) {
        if (this.#lease(key)?.token !== token)`,
        to: `#release({ key }) {
        if (this.#lease(key) === undefined)`,
      },
    ],
  },
  {
    name: 'a cancel forgets that the lock was granted',
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
    cuts: [
      {
        file: 'engine/lease.js',
        from: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(sent, ttl));',
        to: 'this.#deadline = this.#deadline.extendedTo(Deadline.ofLease(instant(this.#engine.clock), ttl));',
      },
    ],
  },
  {
    name: 'a push that is older than the last answer is believed',
    cuts: [
      {
        file: 'engine/claim.js',
        from: 'if (this.#over || fencingToken <= this.#asOf)',
        to: 'if (this.#over)',
      },
    ],
  },
  {
    name: 'nobody asks again after a lost connection',
    cuts: [
      {
        file: 'engine/engine.js',
        from: 'for (const line of this.lines.values())\n            line.askAll();',
        to: '',
      },
    ],
  },
  {
    name: 'a grant that comes too late is not given back',
    cuts: [
      {
        file: 'engine/engine.js',
        from: 'if (lockerIdOf(grant.token) === this.#lockerId)',
        to: 'if (false)',
      },
    ],
  },
];
