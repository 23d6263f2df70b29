import type { Engine } from '../../../packages/core/dist/engine/engine.js';
import type { Hold } from '../../../packages/core/dist/engine/hold/hold.js';
import type { HoldSet } from '../../../packages/core/dist/engine/several/hold-set.js';
import type { LockStore, Room, StoreListener } from '../../../packages/core/dist/store/port.js';
import type { Reaction } from './action.js';
import type { Call } from './call.js';
import { Cancellation } from './cancellation.js';
import { drain } from './drain.js';
import type { Letter } from './letter.js';
import { PartyClock } from './party-clock.js';
import type { Server } from './server.js';
import { Session } from './session.js';
import type { Shape } from './shape.js';
import type { Specimen } from './specimen.js';

export const TTL = 100;

/** Of the lockers. */
export const NAMES = 'abcd';

const COMMAND_TIMEOUT = 1_000;

/** None that would count. */
const LIMITS = {
  maxHold: Infinity,
  warnAfter: Infinity,
  maxWaiting: Infinity,
  onOutage: 'throw',
  holdAtLeast: 0,
} as const;

/** One process with one locker: the real engine, its callers, and its line to the server. */
export class Party {
  readonly name: string;
  readonly clock: PartyClock;
  readonly session: Session;
  readonly calls: Call[] = [];
  readonly engine: Engine;
  alive = true;
  /** It was asked to close; and it has done so. */
  closing = false;
  closed = false;
  /** What the next one does whom the locker calls back, if it can. */
  reaction: Reaction | undefined;
  readonly #shape: Shape;
  /** How it asks for locks; undefined: exclusively. */
  readonly #room: Room | undefined;
  #acquired = 0;

  constructor(name: string, time: () => number, server: Server, specimen: Specimen, shape: Shape) {
    this.name = name;
    this.clock = new PartyClock(time);
    this.#shape = shape;
    this.#room = shape.modes?.[NAMES.indexOf(name)];
    let session: Session | undefined;
    let engine: Engine | undefined;
    // Opening is internal, and so not in the published types.
    const store = {
      address: 'model',
      open(lockerId: string, listener: StoreListener) {
        session = new Session(lockerId, listener, server, specimen, time, shape.queued === true);
        return Promise.resolve(session);
      },
    } as LockStore;
    const { clock } = this;
    const options = {
      lockerId: name,
      nonce: () => '',
      owner: '',
      clock,
      commandTimeout: COMMAND_TIMEOUT,
    };
    void specimen.Engine.open(store, options).then((opened) => {
      engine = opened;
    });
    drain();
    this.engine = engine as unknown as Engine;
    this.session = session as unknown as Session;
  }

  acquire(lock: string): void {
    const mayAbort = (this.#shape.aborts ?? 0) > 0 || this.#shape.react?.includes('abort') === true;
    const signal = mayAbort ? new Cancellation() : undefined;
    const kept = { ttl: TTL, renew: this.#shape.lasting !== true, room: this.#room };
    const steals = this.#shape.thieves?.includes(NAMES.indexOf(this.name));
    const options = { ...kept, waitTimeout: Infinity, signal, steals, ...LIMITS };
    this.#acquired += 1;
    const token = `${this.name}/${this.#acquired.toString(36)}`;
    this.#call(lock, token, signal, this.engine.acquire(lock, lock, options));
  }

  acquireAll(locks: readonly string[]): void {
    const signal = (this.#shape.aborts ?? 0) > 0 ? new Cancellation() : undefined;
    const kept = { ttl: TTL, renew: true, room: undefined };
    const options = { ...kept, waitTimeout: Infinity, signal, ...LIMITS };
    // The last one in the order is its own; what comes before it may be shared.
    const own = locks.toSorted().at(-1);
    const requested = locks.map((name) => ({
      name,
      key: name,
      room: name === own ? undefined : this.#room,
    }));
    const granted = this.engine.acquireAll(requested, options);
    this.#call(locks.join(' and '), undefined, signal, granted);
  }

  adopt({ key, token, fencingToken, room, leaseEnd }: Letter): void {
    const kept = { ttl: TTL, renew: true, maxHold: Infinity };
    const terms = { name: key, key, token, fencingToken, ...kept, leaseEnd, room };
    this.#call(key, undefined, undefined, this.engine.adopt(terms));
  }

  abort(call: Call): void {
    call.aborted = true;
    call.signal?.abort();
  }

  renew(call: Call): void {
    call.renewing = true;
    (call.hold as Hold | HoldSet).renew(TTL).then(
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
    (call.hold as Hold | HoldSet).release().then(
      () => this.#end(call, undefined),
      (error: unknown) => this.#end(call, error),
    );
  }

  /** Lets go of a lock, and says what another needs to go on with it. */
  handOver(call: Call): Letter {
    const hold = call.hold as Hold;
    const { key, token, fencingToken, room, leaseEnd } = hold;
    hold.handOver();
    this.#end(call, undefined);
    this.session.conduct.handsOver(token);
    return { key, token, fencingToken, room, leaseEnd };
  }

  /** Says what another needs to take part in it. */
  share(call: Call): Letter {
    const hold = call.hold as Hold;
    hold.share();
    const { key, token, fencingToken, room, leaseEnd } = hold;
    this.session.conduct.handsOver(token);
    return { key, token, fencingToken, room, leaseEnd };
  }

  /** Takes the lock from whoever has it, for who waits. */
  force(lock: string): void {
    this.session.conduct.doubts();
    this.engine.forceRelease(lock, lock).catch(() => {});
  }

  close(): void {
    this.closing = true;
    void this.engine.close().then(() => {
      this.closed = true;
    });
  }

  crash(): void {
    this.alive = false;
    this.session.crash();
    this.discard();
  }

  /** A subscriber of `holdfast:hand-off` hears that a token got the lock. */
  handedOff(token: string): void {
    const call = this.calls.find((one) => one.token === token);
    if (this.#reacts('abort') && call !== undefined) this.abort(call);
    else if (this.#reacts('close')) this.close();
  }

  /** Frees the one real timer that an engine has. */
  discard(): void {
    this.engine.context.keepAlive.close();
  }

  #call(
    lock: string,
    token: string | undefined,
    signal: Cancellation | undefined,
    granted: Promise<Hold | HoldSet>,
  ): void {
    const call: Call = {
      lock,
      token,
      signal,
      state: 'waiting',
      hold: undefined,
      aborted: false,
      renewing: false,
      error: undefined,
    };
    this.calls.push(call);
    granted.then(
      (hold) => {
        call.hold = hold;
        call.state = 'held';
        if (this.#shape.react === undefined) return;
        hold.signal.addEventListener('abort', () => this.#lost(call));
      },
      (error: unknown) => this.#end(call, error),
    );
  }

  /** A listener on the signal of a lock hears that it was lost. */
  #lost(call: Call): void {
    if (this.#reacts('acquire')) this.acquire(call.lock);
    else if (this.#reacts('release')) this.release(call);
    else if (this.#reacts('close')) this.close();
  }

  /** Whether this is what is to be done; then it is done. */
  #reacts(reaction: Reaction): boolean {
    if (this.reaction !== reaction) return false;
    this.reaction = undefined;
    return true;
  }

  #end(call: Call, error: unknown): void {
    call.state = 'done';
    call.error = error;
  }
}
