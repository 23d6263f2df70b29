import { Keyspace } from '../../../packages/core/dist/memory/keyspace.js';
import { viewOf } from '../../../packages/core/dist/memory/view.js';
import { lockerIdOf } from '../../../packages/core/dist/store/protocol.js';
import type {
  LockStore,
  Operation,
  OutcomeOf,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import type { Span, View } from '../../../packages/core/dist/store/view.js';
import type { ControlledClock } from './controlled-clock.js';
import { ScriptedSession } from './scripted-session.js';

/** A server that applies the protocol faithfully, at the end of lines that the test breaks. */
export class ScriptedServer implements LockStore {
  readonly address: string = 'scripted';
  readonly sessions: Map<string, ScriptedSession> = new Map();
  readonly #clock: ControlledClock;
  /** Lockers without a session that seem to listen for as long as they are in here. */
  readonly ghosts: Set<string> = new Set();
  readonly #keyspace: Keyspace;

  constructor(clock: ControlledClock) {
    this.#clock = clock;
    this.#keyspace = new Keyspace({
      listens: (lockerId) => this.sessions.get(lockerId)?.heard ?? this.ghosts.has(lockerId),
      publish: (grant) => this.sessions.get(lockerIdOf(grant.token))?.receive(grant),
      revoke: (grant) => this.sessions.get(lockerIdOf(grant.token))?.receive(grant, 'forced'),
    });
  }

  /** Locks and lines that exist now. */
  get size(): number {
    return this.#keyspace.size(this.#clock.world());
  }

  look(key: string, span: Span): View {
    const now = this.#clock.world();
    const listens = (lockerId: string): boolean => this.sessions.get(lockerId)?.heard ?? false;
    return viewOf(key, now, this.#keyspace.find(key, now), span, listens);
  }

  /** Also for what other clients do, past every line. */
  apply<O extends Operation>(operation: O): OutcomeOf<O> {
    return this.#keyspace.apply(operation, this.#clock.world()) as OutcomeOf<O>;
  }

  /** Another client takes the lock, or does not get it. */
  strangerTakes(key: string, ttl: number, token = 'stranger/1'): boolean {
    const outcome = this.apply({
      kind: 'acquire',
      key,
      token,
      ttl,
      enqueue: false,
      ticket: undefined,
    });
    return outcome.kind === 'granted';
  }

  strangerReleases(key: string, token = 'stranger/1'): boolean {
    // The token holds the lock, or is given nothing.
    const terms = { key, token, ttl: 1, enqueue: false, ticket: undefined };
    const asked = this.apply({ kind: 'acquire', ...terms });
    if (asked.kind !== 'granted') return false;
    const { already, fencingToken } = asked;
    return this.apply({ kind: 'release', key, token, fencingToken }).kind === 'released' && already;
  }

  /** Waiters of a process that is gone. */
  ghostsWait(key: string, count: number): void {
    this.ghosts.add('ghost');
    for (let n = 1; n <= count; n += 1) {
      const token = `ghost/${n}`;
      this.apply({ kind: 'acquire', key, token, ttl: 1_000, enqueue: true, ticket: undefined });
    }
    this.ghosts.delete('ghost');
  }

  /** Whether nobody holds the lock, asked as an outsider would. */
  isFree(key: string): boolean {
    return this.strangerTakes(key, 1_000, 'visitor/1') && this.strangerReleases(key, 'visitor/1');
  }

  open(lockerId: string, listener: StoreListener): Promise<StoreSession> {
    const session = new ScriptedSession(this.#clock, this, listener);
    this.sessions.set(lockerId, session);
    return Promise.resolve(session);
  }
}
