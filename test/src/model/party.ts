import type { Engine } from '../../../packages/core/dist/engine/engine.js';
import type { Hold } from '../../../packages/core/dist/engine/hold.js';
import type { LockStore, StoreListener } from '../../../packages/core/dist/store/port.js';
import type { Call } from './call.js';
import { drain } from './drain.js';
import { PartyClock } from './party-clock.js';
import type { Server } from './server.js';
import { Session } from './session.js';
import type { Specimen } from './specimen.js';

export const TTL = 100;
const COMMAND_TIMEOUT = 1_000;

/** One process with one locker: the real engine, its callers, and its line to the server. */
export class Party {
  readonly name: string;
  readonly clock: PartyClock;
  readonly session: Session;
  readonly calls: Call[] = [];
  readonly engine: Engine;
  alive = true;
  closed = false;

  constructor(name: string, time: () => number, server: Server, specimen: Specimen) {
    this.name = name;
    this.clock = new PartyClock(time);
    let session: Session | undefined;
    let engine: Engine | undefined;
    // Opening is internal, and so not in the published types.
    const store = {
      address: 'model',
      open(lockerId: string, listener: StoreListener) {
        session = new Session(lockerId, listener, server, specimen);
        return Promise.resolve(session);
      },
    } as LockStore;
    const options = { lockerId: name, clock: this.clock, commandTimeout: COMMAND_TIMEOUT };
    void specimen.Engine.open(store, options).then((opened) => {
      engine = opened;
    });
    drain();
    this.engine = engine as unknown as Engine;
    this.session = session as unknown as Session;
  }

  acquire(lock: string, mayAbort: boolean): void {
    const abort = mayAbort ? new AbortController() : undefined;
    const call: Call = {
      lock,
      abort,
      state: 'waiting',
      hold: undefined,
      aborted: false,
      renewing: false,
      error: undefined,
    };
    this.calls.push(call);
    const options = { ttl: TTL, waitTimeout: Infinity, renew: true, signal: abort?.signal };
    this.engine.acquire(lock, lock, options).then(
      (hold) => {
        call.hold = hold;
        call.state = 'held';
      },
      (error: unknown) => this.#end(call, error),
    );
  }

  abort(call: Call): void {
    call.aborted = true;
    call.abort?.abort(new Error('aborted'));
  }

  renew(call: Call): void {
    call.renewing = true;
    (call.hold as Hold).renew(TTL).then(
      () => {
        call.renewing = false;
      },
      () => {
        call.renewing = false;
      },
    );
  }

  release(call: Call): void {
    call.state = 'releasing';
    (call.hold as Hold).release().then(
      () => this.#end(call, undefined),
      (error: unknown) => this.#end(call, error),
    );
  }

  close(): void {
    void this.engine.close().then(() => {
      this.closed = true;
    });
  }

  crash(): void {
    this.alive = false;
    this.session.crash();
    this.discard();
  }

  /** Frees the one real timer that an engine has. */
  discard(): void {
    this.engine.keepAlive.close();
  }

  #end(call: Call, error: unknown): void {
    call.state = 'done';
    call.error = error;
  }
}
