import {
  LockerClosedError,
  RedisRefusedError,
  RedisUnreachableError,
} from '../../../packages/core/dist/errors.js';
import type {
  Failure,
  Grant,
  Operation,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import type { Span, Views } from '../../../packages/core/dist/store/view.js';
import { lockerIdOf } from '../../../packages/core/dist/store/protocol.js';
import type { ControlledClock } from './controlled-clock.js';
import { delivered, type Fate, pushDelivered, type PushFate } from './fate.js';
import type { ScriptedServer } from './scripted-server.js';

/** `look`: a question that changes nothing. */
type Kind = Operation['kind'] | 'look';

/** What the server tells of a grant. */
type News = 'granted' | 'forced' | 'ended';

/** An operation as it was sent, and when. */
export interface Sent {
  readonly at: number;
  readonly operation: Operation;
}

/** One locker's line to the scripted server: the test decides what becomes of everything on it. */
export class ScriptedSession implements StoreSession {
  readonly address: string = 'scripted';
  readonly sent: Sent[] = [];
  /** Calls of `listen`, `probe` and `close`, and doubts of the channel. */
  listens = 0;
  probes = 0;
  closes = 0;
  readonly announced: Grant[] = [];
  readonly doubts: ('certain' | 'not certain')[] = [];
  channel = 0;
  outage: Error | undefined;
  /** What the server thinks of the channel, where that is not the truth. */
  deaf = false;
  readonly #clock: ControlledClock;
  readonly #server: ScriptedServer;
  readonly #listener: StoreListener;
  readonly #scripts = new Map<Kind, Fate[]>();
  readonly #rules = new Map<Kind, Fate>();
  readonly #pushScript: PushFate[] = [];
  readonly #listenScript: (number | Failure)[] = [];
  #channels = 0;
  readonly #underWay = new Set<() => void>();

  constructor(clock: ControlledClock, server: ScriptedServer, listener: StoreListener) {
    this.#clock = clock;
    this.#server = server;
    this.#listener = listener;
  }

  get closed(): boolean {
    return this.closes > 0;
  }

  /** Whether the server would find a listener here. */
  get heard(): boolean {
    return this.channel !== 0 && !this.deaf;
  }

  get listening(): boolean {
    return this.channel !== 0;
  }

  /** What becomes of the next operations of this kind, one after the other. */
  next(kind: Kind, ...fates: readonly Fate[]): void {
    this.#scripts.set(kind, [...(this.#scripts.get(kind) ?? []), ...fates]);
  }

  /** What becomes of all operations of these kinds until the line is healed. */
  always(fate: Fate, ...kinds: readonly Kind[]): void {
    const all: readonly Kind[] = [
      'acquire',
      'acquireAll',
      'renew',
      'release',
      'cancel',
      'forceRelease',
      'advance',
      'look',
    ];
    for (const kind of kinds.length === 0 ? all : kinds) this.#rules.set(kind, fate);
  }

  nextPush(...fates: readonly PushFate[]): void {
    this.#pushScript.push(...fates);
  }

  /** How long the next calls of `listen` take, or what keeps them from getting there. */
  nextListen(...fates: readonly (number | Failure)[]): void {
    this.#listenScript.push(...fates);
  }

  heal(): void {
    this.#scripts.clear();
    this.#rules.clear();
    this.#pushScript.length = 0;
    this.#listenScript.length = 0;
  }

  reconnect(): void {
    this.#listener.reconnected();
  }

  /** A grant as the server pushes it, or its end, sent by the test itself. */
  push(grant: Grant, news: News = 'granted'): void {
    this.#tell(grant, news);
  }

  /** What was sent of this kind. */
  of<K extends Kind>(kind: K): (Extract<Operation, { kind: K }> & { readonly at: number })[] {
    const sent = this.sent.filter(({ operation }) => operation.kind === kind);
    return sent.map(({ at, operation }) =>
      Object.assign({ at }, operation as Extract<Operation, { kind: K }>),
    );
  }

  submit<O extends Operation>(operation: O, patience: Patience, reply: Reply<O>): void {
    this.sent.push({ at: this.#clock.now(), operation });
    let open = true;
    let giveUp: (() => void) | undefined;
    const end = (tell: () => void): void => {
      if (!open) return;
      open = false;
      giveUp?.();
      this.#underWay.delete(abort);
      tell();
    };
    const fail = (failure: Failure) => (): void => end(() => reply.failed(failure));
    const abort = fail({ kind: 'closed', error: new LockerClosedError() });
    if (this.closed) {
      queueMicrotask(abort);
      return;
    }
    this.#underWay.add(abort);
    const fate = this.#fateOf(operation.kind);
    if (fate.unsent === true || !reply.sending()) {
      queueMicrotask(fail(this.#unsent));
      return;
    }
    if (fate.refused !== undefined) {
      queueMicrotask(fail(this.#refusal(fate.refused)));
      return;
    }
    const silence = fate.cut === true ? 0 : patience.silence;
    giveUp = this.#in(silence, fail(this.#unanswered(silence)));
    if (fate.request === Infinity) return;
    const run = (): void => {
      const outcome = this.#server.apply(operation);
      if (fate.reply < Infinity) this.#in(fate.reply, () => end(() => reply.answered(outcome)));
      if (fate.again !== undefined) {
        this.#in(fate.again, () => void this.#server.apply(operation));
      }
    };
    // What is sent without a delay is applied in the order of the calls.
    if (fate.request === 0) run();
    else this.#in(fate.request, run);
  }

  async look(keys: readonly string[], span: Span, silence: number): Promise<Views | Failure> {
    if (this.closed) return { kind: 'closed', error: new LockerClosedError() };
    const fate = this.#fateOf('look');
    if (fate.unsent === true) return this.#unsent;
    if (fate.refused !== undefined) return this.#refusal(fate.refused);
    const isAnswered = Math.max(fate.request, fate.reply) < Infinity;
    await new Promise<void>((resolve) => {
      this.#in(isAnswered ? fate.request + fate.reply : silence, resolve);
    });
    if (!isAnswered) return this.#unanswered(silence);
    return { kind: 'views', views: keys.map((key) => this.#server.look(key, span)) };
  }

  /** Nobody goes through all that there is. */
  browse(): Promise<Failure> {
    return Promise.resolve(this.#unsent);
  }

  get #unsent(): Failure {
    const error = new RedisUnreachableError(this.address, 'was not asked');
    return { kind: 'not sent', error };
  }

  #refusal(refused: NonNullable<Fate['refused']>): Failure {
    const passing = refused === 'for now';
    const cause = new Error(passing ? 'LOADING Redis' : 'NOPERM this user has no permissions');
    return { kind: 'refused', passing, error: new RedisRefusedError(this.address, cause) };
  }

  #unanswered(silence: number): Failure {
    const what = `gave no answer within ${silence} ms`;
    return { kind: 'unanswered', error: new RedisUnreachableError(this.address, what) };
  }

  async listen(): Promise<Failure | undefined> {
    this.listens += 1;
    if (this.closed) return { kind: 'closed', error: new LockerClosedError() };
    const fate = this.#listenScript.shift() ?? 0;
    if (typeof fate !== 'number') return fate;
    await new Promise<void>((resolve) => {
      this.#in(fate, resolve);
    });
    this.#channels += 1;
    this.channel = this.#channels;
    this.deaf = false;
    return undefined;
  }

  /** Another channel stands when the engine asks for it, or the test says so. */
  doubt(channel: number, certain: boolean): void {
    if (channel !== this.channel) return;
    this.doubts.push(certain ? 'certain' : 'not certain');
    if (certain) this.channel = 0;
  }

  probe(): void {
    this.probes += 1;
  }

  announce(grant: Grant): void {
    this.announced.push(grant);
    this.#server.sessions.get(lockerIdOf(grant.token))?.receive(grant, 'ended');
  }

  close(): void {
    this.closes += 1;
    this.channel = 0;
    for (const abort of this.#underWay) queueMicrotask(abort);
  }

  /** The server hands a lock to this locker. */
  receive(grant: Grant, news: News = 'granted'): void {
    for (const delay of this.#pushScript.shift() ?? pushDelivered) {
      this.#in(delay, () => this.#tell(grant, news));
    }
  }

  #tell(grant: Grant, news: News): void {
    if (news === 'granted') this.#listener.granted(grant);
    else this.#listener.revoked({ ...grant, forced: news === 'forced' });
  }

  #fateOf(kind: Kind): Fate {
    return this.#scripts.get(kind)?.shift() ?? this.#rules.get(kind) ?? delivered;
  }

  /** Never in the same turn, as a network. */
  #in(delay: number, callback: () => void): () => void {
    if (delay > 0) return this.#clock.later(delay, callback);
    let off = false;
    queueMicrotask(() => {
      if (!off) callback();
    });
    return () => {
      off = true;
    };
  }
}
