import { systemClock } from '../../../packages/core/dist/runtime/clock.js';
import { sourceOfOptions } from '../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../packages/core/dist/redis/redis-store.js';
import type {
  Grant,
  Operation,
  OutcomeOf,
  Room,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';

export type Answer = OutcomeOf<Operation> | Error;

/** A locker's line to a store. Sends what is submitted in one turn as one batch. */
export class Batches {
  readonly #session: StoreSession;
  readonly #mailbox: readonly Grant[];
  /** Of what was answered, by key and token. */
  readonly #fencingTokens = new Map<string, number>();
  // The sockets of a store do not keep the process alive.
  readonly #anchor = setInterval(() => {}, 60_000);

  private constructor(session: StoreSession, mailbox: Grant[]) {
    this.#session = session;
    this.#mailbox = mailbox;
  }

  static async open(
    url: string,
    { locker = 'me', listens = true }: { locker?: string; listens?: boolean } = {},
  ): Promise<Batches> {
    const source = sourceOfOptions({ url });
    const store = new RedisStore({ source, clock: systemClock, pool: { min: 1, max: 1 } });
    const mailbox: Grant[] = [];
    const listener = {
      granted: (grant: Grant) => mailbox.push(grant),
      revoked: () => {},
      reconnected: () => {},
    };
    const session = await store.open(locker, listener, 5_000);
    if (listens) await session.listen();
    const batches = new Batches(session, mailbox);
    // Loads the script.
    await batches.send(batches.release('lock:none', `${locker}/0`));
    return batches;
  }

  /** What was pushed, as key and token. */
  get grants(): string[] {
    return this.#mailbox.map(({ key, token }) => `${key} ${token}`);
  }

  /** Resolves with what became of each. */
  send(...operations: Operation[]): Promise<Answer[]> {
    return Promise.all(operations.map((operation) => this.#submit(operation)));
  }

  /** As `send`, for one. */
  async ask(operation: Operation): Promise<Answer> {
    const [answer] = await this.send(operation);
    return answer as Answer;
  }

  /** Of what was granted here. */
  release(key: string, token: string): Operation {
    return { kind: 'release', key, token, fencingToken: this.#fencingTokenOf(key, token) };
  }

  /** Of what was granted here. */
  renew(key: string, token: string, ttl = 60_000): Operation {
    return { kind: 'renew', key, token, fencingToken: this.#fencingTokenOf(key, token), ttl };
  }

  close(): void {
    this.#session.close();
    clearInterval(this.#anchor);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #fencingTokenOf(key: string, token: string): number {
    const pushed = this.#mailbox.findLast((grant) => grant.key === key && grant.token === token);
    return pushed?.fencingToken ?? this.#fencingTokens.get(`${key} ${token}`) ?? 0;
  }

  #submit(operation: Operation): Promise<Answer> {
    return new Promise((resolve) => {
      const answered = (outcome: OutcomeOf<Operation>): void => {
        if (operation.kind === 'acquire' && outcome.kind === 'granted') {
          this.#fencingTokens.set(`${operation.key} ${operation.token}`, outcome.fencingToken);
        }
        resolve(outcome);
      };
      const patience = {
        urgency: 'asking' as const,
        sendBy: systemClock.now() + 5_000,
        silence: 5_000,
      };
      const failed = ({ error }: { readonly error: Error }): void => resolve(error);
      this.#session.submit(operation, patience, { sending: () => true, answered, failed });
    });
  }
}

export function acquire(
  key: string,
  token: string,
  { ttl = 60_000, enqueue = false, ticket, room }: AcquireTerms = {},
): Operation {
  return { kind: 'acquire', key, token, ttl, enqueue, ticket, room };
}

interface AcquireTerms {
  readonly ttl?: number;
  readonly enqueue?: boolean;
  readonly ticket?: number;
  readonly room?: Room;
}

/** The token that a lock was handed to. */
export function handedTo(answer: Answer | undefined): string | undefined {
  return answer !== undefined && 'next' in answer ? answer.next?.token : undefined;
}

/** What came of each, in a word. */
export function kindsOf(answers: readonly Answer[]): string[] {
  return answers.map((answer) => (answer instanceof Error ? answer.message : answer.kind));
}
