import type { Where } from '../stage/servers.js';

/** What a worker process is started with. */
export interface Settings {
  readonly worker: string;
  readonly slot: number;
  readonly seed: number;
  /** Where the locks are, through the worker's own proxies. */
  readonly where: Where;
  /** The file of the journal. */
  readonly journal: string;
  /** The unix socket of the fenced register. */
  readonly register: string;
  /** In ms. */
  readonly commandTimeout: number;
  /** In ms; 0: none. */
  readonly grace: number;
}

/** What a worker can be asked to do. */
export type WorkerCommands = {
  /** Continues a lock that another process handed over. */
  adopt(json: unknown): Promise<void>;
  /** Blocks the event loop, for some milliseconds. */
  stall(time: number): Promise<void>;
  /**
   * Begins nothing new, closes the locker, and says what the process still has open that it had not
   * before. `at once`: in the middle of everything. Then it ends by itself.
   */
  finish(how: 'in peace' | 'at once'): Promise<string[]>;
};

/** What a worker tells: a lock that it handed over. */
export type WorkerEvents = { readonly offer: unknown };
