import { Agenda } from '../runtime/agenda.js';
import type { Clock } from '../runtime/clock.js';
import type { LockStore, Operation, Reply, StoreListener, StoreSession } from '../store/port.js';
import type { ConnectionSource } from './connections/client.js';
import { Pool, type PoolLimits } from './connections/pool.js';
import { GroupCommit } from './group-commit.js';
import { WakeChannel } from './wake-channel.js';

export interface RedisStoreOptions {
  readonly source: ConnectionSource;
  readonly clock: Clock;
  readonly pool: PoolLimits;
}

/** Locks in one Redis server. */
export class RedisStore implements LockStore {
  readonly #options: RedisStoreOptions;

  get address(): string {
    return this.#options.source.address;
  }

  constructor(options: RedisStoreOptions) {
    this.#options = options;
  }

  async open(lockerId: string, listener: StoreListener): Promise<StoreSession> {
    const { source, clock, pool: limits } = this.#options;
    const agenda = new Agenda(clock);
    const pool = new Pool(source, { ...limits, clock, agenda });
    await pool.open();
    const commit = new GroupCommit(source.address, pool, clock, agenda);
    const wake = new WakeChannel(source, lockerId, listener, agenda);
    pool.onRestored = () => listener.reconnected();
    return new RedisSession(source.address, pool, commit, wake);
  }
}

class RedisSession implements StoreSession {
  readonly address: string;
  readonly #pool: Pool;
  readonly #commit: GroupCommit;
  readonly #wake: WakeChannel;

  constructor(address: string, pool: Pool, commit: GroupCommit, wake: WakeChannel) {
    this.address = address;
    this.#pool = pool;
    this.#commit = commit;
    this.#wake = wake;
  }

  get listening(): boolean {
    return this.#wake.listening;
  }

  submit<O extends Operation>(operation: O, patience: number, reply: Reply<O>): void {
    this.#commit.submit(operation, patience, reply);
  }

  listen(): Promise<void> {
    return this.#wake.listen();
  }

  relisten(): void {
    this.#wake.relisten();
  }

  close(): void {
    this.#commit.close();
    this.#wake.close();
    this.#pool.close();
  }
}
