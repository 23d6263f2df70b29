import assert from 'node:assert/strict';
import { Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import type {
  Grant,
  Granted,
  Grantee,
  Holder,
  Operation,
  OutcomeOf,
  Outcomes,
  Room,
  Waiting,
} from '../../../packages/core/dist/store/port.js';

interface AcquireTerms {
  readonly key?: string;
  readonly ttl?: number;
  readonly enqueue?: boolean;
  readonly ticket?: number;
  readonly steal?: number;
  readonly room?: Room;
}

/** A keyspace with one lock, and others where that is said, by a clock that stands until moved. */
export class KeyspaceBench {
  now = 1_000_000;
  readonly pushed: Grant[] = [];
  readonly revoked: Grant[] = [];
  /** Lockers that do not listen any more. */
  readonly gone: Set<string> = new Set();
  readonly #keyspace: Keyspace = new Keyspace({
    listens: (lockerId) => !this.gone.has(lockerId),
    publish: (grant) => {
      this.pushed.push(grant);
      this.#fencingTokens.set(grant.token, grant.fencingToken);
    },
    revoke: (grant) => this.revoked.push(grant),
  });
  /** Of the last grant to each token. */
  readonly #fencingTokens = new Map<string, number>();

  /** Locks and lines that exist now. */
  get size(): number {
    return this.#keyspace.size(this.now);
  }

  acquire(token: string, terms: AcquireTerms = {}): Outcomes['acquire'] {
    const { key = 'k', ttl = 1_000, enqueue = true, ticket, steal, room } = terms;
    return this.#apply({ kind: 'acquire', key, token, ttl, enqueue, ticket, steal, room });
  }

  acquireAll(token: string, keys: readonly string[]): Outcomes['acquireAll'] {
    const members = keys.map((key) => ({ key, token }));
    return this.#apply({ kind: 'acquireAll', key: keys[0] as string, members, ttl: 1_000 });
  }

  take(token: string, ttl = 1_000, key = 'k'): Granted {
    const outcome = this.acquire(token, { ttl, key });
    assert.equal(outcome.kind, 'granted');
    return outcome;
  }

  wait(token: string, terms: AcquireTerms = {}): Waiting {
    const outcome = this.acquire(token, terms);
    assert.equal(outcome.kind, 'waiting');
    return outcome;
  }

  /** So many waiters of a process that is gone then. */
  ghosts(count: number, key = 'k'): void {
    this.gone.delete('ghost');
    for (let n = 1; n <= count; n += 1) this.wait(`ghost/${key}-${n}`, { key });
    this.gone.add('ghost');
  }

  /** Of the last grant to the token, unless another one is meant; so is a release. */
  renew(
    token: string,
    ttl = 1_000,
    fencingToken: number = this.#fencingTokenOf(token),
  ): Outcomes['renew'] {
    return this.#apply({ kind: 'renew', key: 'k', token, fencingToken, ttl });
  }

  release(token: string, fencingToken: number = this.#fencingTokenOf(token)): Outcomes['release'] {
    return this.#apply({ kind: 'release', key: 'k', token, fencingToken });
  }

  cancel(token: string): Outcomes['cancel'] {
    return this.#apply({ kind: 'cancel', key: 'k', token, ttl: 1_000 });
  }

  forceRelease(): Outcomes['forceRelease'] {
    return this.#apply({ kind: 'forceRelease', key: 'k' });
  }

  advance(key = 'k'): Outcomes['advance'] {
    return this.#apply({ kind: 'advance', key });
  }

  together(...operations: Operation[]): Outcomes[Operation['kind']][] {
    return this.#keyspace.applyAll(operations, this.now);
  }

  /** The last grant to the token. */
  grantTo(token: string): Grantee {
    return { token, fencingToken: this.#fencingTokenOf(token) };
  }

  /** As {@link KeyspaceBench.grantTo}, as others are told of it. */
  holder(token: string): Holder {
    return { kind: 'grant', ...this.grantTo(token) };
  }

  #fencingTokenOf(token: string): number {
    return this.#fencingTokens.get(token) ?? 0;
  }

  #apply<O extends Operation>(operation: O): OutcomeOf<O> {
    const outcome = this.#keyspace.apply(operation, this.now);
    if (operation.kind === 'acquire' && outcome.kind === 'granted') {
      this.#fencingTokens.set(operation.token, outcome.fencingToken);
    }
    return outcome as OutcomeOf<O>;
  }
}
