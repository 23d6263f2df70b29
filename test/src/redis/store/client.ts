import { type Clock, systemClock } from '../../../../packages/core/dist/runtime/clock.js';
import type { ConnectionSource } from '../../../../packages/core/dist/redis/connections/client.js';
import type { PoolLimits } from '../../../../packages/core/dist/redis/connections/pool.js';
import { sourceOfOptions } from '../../../../packages/core/dist/redis/connections/source.js';
import { RedisStore } from '../../../../packages/core/dist/redis/redis-store.js';
import type {
  Failure,
  Grant,
  Operation,
  OutcomeOf,
  StoreSession,
  Urgency,
} from '../../../../packages/core/dist/store/port.js';
import { eventually } from '../../contract/patience.js';

export interface ClientOptions {
  readonly pool?: PoolLimits;
  /** In ms. */
  readonly commandTimeout?: number;
  readonly clock?: Clock;
}

export interface Terms {
  /** From now, in ms. */
  readonly within?: number;
  /** In ms. */
  readonly silence?: number;
  readonly wanted?: () => boolean;
}

/** As the engine has it. */
const URGENCY: Partial<Record<Operation['kind'], Urgency>> = {
  renew: 'keeping',
  acquire: 'asking',
};

export type Answer = OutcomeOf<Operation> | Failure;

/** One session of a store, without the engine above it. */
export class Client implements Disposable {
  readonly grants: Grant[] = [];
  readonly revocations: Grant[] = [];
  reconnections = 0;
  readonly #reconnected: (() => void)[] = [];
  readonly #clock: Clock;
  #session!: StoreSession;
  // The sockets of a store do not keep the process alive.
  readonly #anchor = setInterval(() => {}, 60_000);

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  static async open(
    where: string | ConnectionSource,
    { pool = { min: 1, max: 1 }, commandTimeout = 5_000, clock = systemClock }: ClientOptions = {},
  ): Promise<Client> {
    const client = new Client(clock);
    const source = typeof where === 'string' ? sourceOfOptions({ url: where }) : where;
    const store = new RedisStore({ source, clock, pool });
    try {
      client.#session = await store.open('me', client, commandTimeout);
    } catch (error) {
      clearInterval(client.#anchor);
      throw error;
    }
    return client;
  }

  get session(): StoreSession {
    return this.#session;
  }

  /** @inheritDoc StoreListener.granted */
  granted(grant: Grant): void {
    this.grants.push(grant);
  }

  /** @inheritDoc StoreListener.revoked */
  revoked(grant: Grant): void {
    this.revocations.push(grant);
  }

  /** @inheritDoc StoreListener.reconnected */
  reconnected(): void {
    this.reconnections += 1;
    for (const tell of this.#reconnected.splice(0)) tell();
  }

  /** Resolves when waiters are told the next time that they should ask again. */
  nextReconnection(): Promise<void> {
    const told = new Promise<void>((resolve) => this.#reconnected.push(resolve));
    return eventually(told, 'the channel stands again');
  }

  send(
    operation: Operation,
    { within = 60_000, silence = 5_000, wanted = () => true }: Terms = {},
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const reply = {
        sending: wanted,
        answered: resolve,
        failed: resolve,
      };
      const urgency = URGENCY[operation.kind] ?? 'giving back';
      const patience = { urgency, sendBy: this.#clock.now() + within, silence };
      this.session.submit(operation, patience, reply);
    });
  }

  /** Takes a lock; the server then knows the script, too. */
  async hold(key: string, token: string): Promise<number> {
    const answer = await this.send(acquire(key, token));
    if (answer.kind === 'granted') return answer.fencingToken;
    throw new Error(`${key} is not free: ${answer.kind}.`);
  }

  [Symbol.dispose](): void {
    this.session.close();
    clearInterval(this.#anchor);
  }
}

export function acquire(key: string, token: string, enqueue = false): Operation {
  return { kind: 'acquire', key, token, ttl: 60_000, enqueue, ticket: undefined };
}

export function renew(key: string, token: string, fencingToken: number): Operation {
  return { kind: 'renew', key, token, fencingToken, ttl: 60_000 };
}
