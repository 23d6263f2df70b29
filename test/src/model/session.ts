import type {
  Grant,
  Operation,
  OutcomeOf,
  Outcomes,
  Reply,
  StoreListener,
  StoreSession,
} from '../../../packages/core/dist/store/port.js';
import type { Receiver, Server } from './server.js';
import type { Specimen } from './specimen.js';

/** An operation under way: on the way to the server, or its answer on the way back. */
export interface Request {
  readonly operation: Operation;
  readonly reply: Reply<Operation>;
  /** The operation in words, and what is said of it. */
  readonly asked: string;
  said: string;
  outcome: Outcomes[Operation['kind']] | undefined;
  /** False: the sender was told that the connection broke. It may still arrive. */
  awaited: boolean;
}

/** What comes on the wake channel, in this order. */
export type Message =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'grant'; readonly grant: Grant };

/** A wake channel that is asked for and does not stand yet. */
interface Opening {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** One locker's line to the server. Nothing on it moves by itself. */
export class Session implements StoreSession, Receiver {
  readonly address: string = 'model';
  readonly requests: Request[] = [];
  readonly messages: Message[] = [];
  listening = false;
  /** A subscription is on its way to the server. */
  subscribing = false;
  /** The connection for commands broke; another one will stand. */
  disconnected = false;
  /** The first law that the locker broke. */
  broken: string | undefined;
  readonly #lockerId: string;
  readonly #listener: StoreListener;
  readonly #server: Server;
  readonly #specimen: Specimen;
  #opening: Opening | undefined;
  #everBroke = false;
  #mustTell = false;
  #closed = false;
  #gone = false;

  constructor(lockerId: string, listener: StoreListener, server: Server, specimen: Specimen) {
    this.#lockerId = lockerId;
    this.#listener = listener;
    this.#server = server;
    this.#specimen = specimen;
  }

  get reachable(): boolean {
    return !this.#gone && !this.#closed && !this.#everBroke;
  }

  submit<O extends Operation>(operation: O, _patience: number, reply: Reply<O>): void {
    if (this.#closed) {
      queueMicrotask(() => reply.failed(new this.#specimen.LockerClosedError()));
      return;
    }
    const token = 'token' in operation ? operation.token : undefined;
    for (const request of this.requests) {
      const other = request.operation;
      // Two cancels do no harm: the second one finds nothing.
      const harmless = operation.kind === 'cancel' && other.kind === 'cancel';
      if (request.awaited && 'token' in other && other.token === token && !harmless) {
        this.broken ??= `${operation.kind} and ${other.kind} of ${token} overlap`;
      }
    }
    const asked = JSON.stringify(operation);
    const request: Request = {
      operation,
      reply,
      asked,
      said: '',
      outcome: undefined,
      awaited: true,
    };
    this.requests.push(request);
  }

  listen(): Promise<void> {
    if (this.#closed) return Promise.reject(new this.#specimen.LockerClosedError());
    if (this.listening) return Promise.resolve();
    return this.#open();
  }

  relisten(): void {
    this.#mustTell = true;
    void this.#open();
  }

  close(): void {
    this.#closed = true;
    this.listening = false;
    this.messages.length = 0;
    this.subscribing = false;
    this.#server.subscriptions.delete(this.#lockerId);
    for (const request of this.requests.filter(({ awaited }) => awaited)) {
      this.fail(request, new this.#specimen.LockerClosedError());
    }
  }

  /** The server applies a request. */
  serve(request: Request, now: number): void {
    const outcome = this.#server.apply(request.operation, now);
    request.outcome = outcome;
    request.said = JSON.stringify(outcome);
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
    this.fail(request, new this.#specimen.RedisUnreachableError(this.address, 'broke'));
  }

  fail(request: Request, error: Error): void {
    request.awaited = false;
    if (request.outcome !== undefined) this.#remove(request);
    request.reply.failed(error);
  }

  /** A connection for commands stands again. */
  restore(): void {
    this.disconnected = false;
    this.#listener.reconnected();
  }

  /** The server takes note of the subscription. */
  subscribe(): void {
    this.subscribing = false;
    this.#server.subscriptions.set(this.#lockerId, 'standing');
    this.messages.push({ kind: 'acknowledged' });
  }

  receive(grant: Grant): void {
    this.messages.push({ kind: 'grant', grant });
  }

  /** The next message arrives. */
  hear(): void {
    const message = this.messages.shift() as Message;
    if (message.kind === 'grant') {
      this.#listener.granted(message.grant);
      return;
    }
    this.listening = true;
    this.#opening?.resolve();
    this.#opening = undefined;
    if (!this.#mustTell) return;
    this.#mustTell = false;
    this.#listener.reconnected();
  }

  /** The wake channel breaks: what was on it is lost, and the locker opens another. */
  break(): void {
    const reopens = this.listening || this.#mustTell;
    this.#everBroke = true;
    this.listening = false;
    this.subscribing = false;
    this.messages.length = 0;
    if (this.#server.subscriptions.has(this.#lockerId)) {
      this.#server.subscriptions.set(this.#lockerId, 'ghost');
    }
    const opening = this.#opening;
    this.#opening = undefined;
    opening?.reject(new this.#specimen.RedisUnreachableError(this.address, 'broke'));
    if (!reopens) return;
    this.#mustTell = true;
    void this.#open();
  }

  /** The process is gone; what it sent may still arrive. */
  crash(): void {
    this.#gone = true;
    this.subscribing = false;
    this.messages.length = 0;
    this.disconnected = false;
    if (this.#server.subscriptions.has(this.#lockerId)) {
      this.#server.subscriptions.set(this.#lockerId, 'ghost');
    }
    for (const request of this.requests) request.awaited = false;
    const sent = this.requests.filter(({ outcome }) => outcome === undefined);
    this.requests.splice(0, Infinity, ...sent);
  }

  /** The server notices that nobody is at the other end. */
  notice(): void {
    this.#server.subscriptions.delete(this.#lockerId);
  }

  get isGhost(): boolean {
    return this.#server.subscriptions.get(this.#lockerId) === 'ghost';
  }

  #open(): Promise<void> {
    if (this.#opening === undefined) {
      let settle!: Pick<Opening, 'resolve' | 'reject'>;
      const promise = new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
      });
      promise.catch(() => {});
      this.#opening = { promise, ...settle };
      this.subscribing = true;
    }
    return this.#opening.promise;
  }

  #remove(request: Request): void {
    this.requests.splice(this.requests.indexOf(request), 1);
  }
}
