import assert from 'node:assert/strict';
import { Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type {
  Grant,
  Granted,
  Operation,
  Outcomes,
  Waiting,
} from '../../../packages/core/dist/store/port.js';

interface AcquireTerms {
  readonly ttl?: number;
  readonly enqueue?: boolean;
  readonly ticket?: number;
}

/** A keyspace with one lock, by a clock that stands until it is moved. */
export class KeyspaceBench {
  now = 1_000_000;
  readonly pushed: Grant[] = [];
  /** Lockers that do not listen any more. */
  readonly gone: Set<string> = new Set();
  readonly #keyspace: Keyspace = new Keyspace((grant) => {
    if (this.gone.has(grant.token.slice(0, grant.token.indexOf('/')))) return false;
    this.pushed.push(grant);
    return true;
  });

  /** Locks and lines that exist now. */
  get size(): number {
    return this.#keyspace.size(this.now);
  }

  acquire(token: string, terms: AcquireTerms = {}): Outcomes['acquire'] {
    const { ttl = 1_000, enqueue = true, ticket } = terms;
    const operation = { kind: 'acquire', key: 'k', token, ttl, enqueue, ticket } as const;
    return this.#apply(operation) as Outcomes['acquire'];
  }

  take(token: string, ttl = 1_000): Granted {
    const outcome = this.acquire(token, { ttl });
    assert.equal(outcome.kind, 'granted');
    return outcome;
  }

  wait(token: string, terms: AcquireTerms = {}): Waiting {
    const outcome = this.acquire(token, terms);
    assert.equal(outcome.kind, 'waiting');
    return outcome;
  }

  renew(token: string, ttl = 1_000): Outcomes['renew'] {
    return this.#apply({ kind: 'renew', key: 'k', token, ttl }) as Outcomes['renew'];
  }

  /** Of the grant that the token has now, unless another one is meant. */
  release(token: string, fencingToken: number = this.#fencingTokenOf(token)): Outcomes['release'] {
    const operation = { kind: 'release', key: 'k', token, fencingToken } as const;
    return this.#apply(operation) as Outcomes['release'];
  }

  cancel(token: string): Outcomes['cancel'] {
    return this.#apply({ kind: 'cancel', key: 'k', token, ttl: 1_000 }) as Outcomes['cancel'];
  }

  forceRelease(): Outcomes['forceRelease'] {
    return this.#apply({ kind: 'forceRelease', key: 'k' }) as Outcomes['forceRelease'];
  }

  #fencingTokenOf(token: string): number {
    const asked = this.renew(token, 0);
    return asked.kind === 'renewed' ? asked.fencingToken : 0;
  }

  #apply(operation: Operation): Outcomes[Operation['kind']] {
    return this.#keyspace.apply(operation, this.now);
  }
}
