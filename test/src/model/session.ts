import type {
  Failure,
  GrantChannel,
  Operation,
  OutcomeOf,
  Patience,
  Reply,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import { Conduct } from './conduct.js';
import type { Request } from './request.js';
import type { Server } from './server.js';
import type { Specimen } from './specimen.js';
import { WakeChannels } from './wake-channels.js';

/** One locker's line to the server. Nothing on it moves by itself. */
export class Session implements StoreSession, GrantChannel {
  readonly address: string = 'model';
  readonly requests: Request[] = [];
  readonly wake: WakeChannels;
  readonly conduct: Conduct;
  /** The connection for commands broke; another one will stand. */
  disconnected = false;
  readonly #listener: StoreListener;
  #server: Server;
  readonly #specimen: Specimen;
  readonly #queued: boolean;
  #closed = false;

  constructor(
    lockerId: string,
    listener: StoreListener,
    server: Server,
    specimen: Specimen,
    now: () => number,
    queued: boolean,
  ) {
    this.wake = new WakeChannels(lockerId, listener, server.subscriptions);
    this.conduct = new Conduct(now);
    this.#listener = listener;
    this.#server = server;
    this.#specimen = specimen;
    this.#queued = queued;
  }

  channelOf(): GrantChannel {
    return this;
  }

  addressOf(): string {
    return this.address;
  }

  outageOf(): undefined {
    return undefined;
  }

  areTogether(): boolean {
    return true;
  }

  get number(): number {
    return this.wake.standing?.number ?? 0;
  }

  /** It lives, and its channel was never broken: it must not be taken for gone. */
  get reachable(): boolean {
    return !this.#closed && !this.wake.everBroke;
  }

  submit<O extends Operation>(operation: O, _patience: Patience, reply: Reply<O>): void {
    if (this.#closed) {
      const failure = this.#closing();
      queueMicrotask(() => reply.failed(failure));
      return;
    }
    this.conduct.asks(operation, this.requests);
    const request: Request = {
      operation,
      reply,
      asked: JSON.stringify(operation),
      said: '',
      outcome: undefined,
      server: this.#server,
      sent: false,
      awaited: true,
    };
    this.requests.push(request);
    if (!this.#queued) this.send(request);
  }

  listen(): Promise<Failure | undefined> {
    return this.#closed ? Promise.resolve(this.#closing()) : this.wake.listen();
  }

  doubt(channel: number, certain: boolean): void {
    if (!this.#closed) this.wake.doubt(channel, certain);
  }

  /** Nobody only looks in these worlds. */
  look(): Promise<Failure> {
    return Promise.resolve(this.#closing());
  }

  browse(): Promise<Failure> {
    return Promise.resolve(this.#closing());
  }

  /** Whoever shares a grant finds out as if nobody told it. */
  announce(): void {}

  /** What a look at the channel can bring to light can also come to light without it. */
  probe(): void {}

  close(): void {
    this.#closed = true;
    this.wake.close();
    for (const request of this.requests.filter(({ awaited }) => awaited)) {
      this.#fail(request, this.#closing());
    }
  }

  /** The request leaves its process, if anybody still wants it. */
  send(request: Request): void {
    request.server = this.#server;
    request.sent = request.reply.sending();
    if (!request.sent) {
      queueMicrotask(() => {
        if (this.requests.includes(request)) this.unsent(request);
      });
    }
  }

  /** The server applies a request. */
  serve(request: Request, now: number): void {
    const { server } = request;
    if (server.refuses(request.operation)) {
      if (request.awaited) this.refuse(request);
      else this.#remove(request);
      return;
    }
    const outcome = server.apply(request.operation, now);
    request.outcome = outcome;
    request.said = JSON.stringify(outcome, whatDecides);
    if (!request.awaited) this.#remove(request);
  }

  /** The answer arrives. */
  answer(request: Request): void {
    this.#remove(request);
    request.reply.answered(request.outcome as OutcomeOf<Operation>);
  }

  /** The connection breaks under a request: served or not, its sender only learns that. */
  cut(request: Request): void {
    this.disconnected = true;
    this.#fail(request, { kind: 'unanswered', error: this.#unreachable('broke') });
  }

  /** The request never leaves its process. */
  unsent(request: Request): void {
    this.#remove(request);
    request.reply.failed({ kind: 'not sent', error: this.#unreachable('was not asked') });
  }

  /** The server has no room for it now. */
  refuse(request: Request): void {
    const error = new this.#specimen.RedisRefusedError(this.address, 'full');
    this.#remove(request);
    request.reply.failed({ kind: 'refused', passing: true, error });
  }

  /** Whom it asks now. */
  get server(): Server {
    return this.#server;
  }

  /**
   * It learns that another one is the master: its connections to the former one are closed, and whatever is answered
   * there is not heard any more. `waits`: it is, wrongly.
   */
  turnTo(server: Server, waits: boolean): void {
    const failure: Failure = { kind: 'unanswered', error: this.#unreachable('was replaced') };
    this.#server = server;
    this.disconnected = true;
    this.wake.turnTo(server.subscriptions, failure);
    for (const request of this.requests.filter(({ sent, awaited }) => sent && awaited)) {
      if (!waits) this.#fail(request, failure);
    }
  }

  /** A connection for commands stands again. */
  restore(): void {
    this.disconnected = false;
    this.#listener.reconnected();
  }

  breakWake(number: number): void {
    this.wake.break(number, { kind: 'unanswered', error: this.#unreachable('broke') });
  }

  /** The process is gone; what it sent may still arrive. */
  crash(): void {
    this.#closed = true;
    this.disconnected = false;
    this.wake.close();
    for (const request of this.requests) request.awaited = false;
    const underWay = this.requests.filter(({ sent, outcome }) => sent && outcome === undefined);
    this.requests.splice(0, Infinity, ...underWay);
  }

  #fail(request: Request, failure: Failure): void {
    request.awaited = false;
    if (request.outcome !== undefined || !request.sent) this.#remove(request);
    request.reply.failed(failure);
  }

  #remove(request: Request): void {
    const place = this.requests.indexOf(request);
    if (place !== -1) this.requests.splice(place, 1);
  }

  #unreachable(what: string): InstanceType<Specimen['RedisUnreachableError']> {
    return new this.#specimen.RedisUnreachableError(this.address, what);
  }

  #closing(): Failure {
    return { kind: 'closed', error: new this.#specimen.LockerClosedError() };
  }
}

/** Who has a lock is told on to people: nothing that an engine does follows from it. */
function whatDecides(name: string, value: unknown): unknown {
  return name === 'holder' || name === 'next' ? undefined : value;
}
