import { tracingChannel, type TracingChannelSubscribers } from 'node:diagnostics_channel';
import type { TracingMessages } from '@holdfast/core';
import { eventually } from './patience.js';

type Kind = 'acquire' | 'hold';
type Message = TracingMessages['holdfast:acquire'] | TracingMessages['holdfast:hold'];

/** A message, and the parts of its channel on which it came. */
interface Traced {
  readonly kind: Kind;
  readonly message: Message;
  readonly parts: string[];
}

const PARTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/** Notes what both tracing channels tell of calls for a lock, until it is disposed of. */
export class Traces implements Disposable {
  readonly #lockName: string;
  readonly #onPart: (part: string, message: Message) => void;
  readonly #traced: Traced[] = [];
  readonly #ended = new Set<() => void>();
  readonly #subscriptions: (() => void)[] = [];

  constructor(lockName: string, onPart: (part: string, message: Message) => void = () => {}) {
    this.#lockName = lockName;
    this.#onPart = onPart;
    for (const kind of ['acquire', 'hold'] as const) this.#subscribe(kind);
  }

  /** What happened: `acquire granted`, `hold released`. */
  get told(): string[] {
    return this.#traced.map(({ kind, message }) => `${kind} ${message.outcome ?? 'goes on'}`);
  }

  get all(): readonly Traced[] {
    return this.#traced;
  }

  last<K extends Kind>(kind: K): TracingMessages[`holdfast:${K}`] {
    const found = this.#traced.findLast((traced) => traced.kind === kind);
    return found?.message as TracingMessages[`holdfast:${K}`];
  }

  /** Resolves when all that began is over. */
  async over(): Promise<void> {
    const isOver = (): boolean => this.#traced.every(({ parts }) => parts.includes('asyncEnd'));
    while (!isOver()) {
      const next = new Promise<void>((resolve) => this.#ended.add(resolve));
      await eventually(next, `all traces of ${this.#lockName} end`);
    }
  }

  [Symbol.dispose](): void {
    for (const end of this.#subscriptions) end();
  }

  #subscribe(kind: Kind): void {
    const channel = tracingChannel<unknown, Message>(`holdfast:${kind}`);
    const note = (part: string, message: Message): void => {
      if (!message.lockNames.includes(this.#lockName)) return;
      this.#onPart(`${kind}:${part}`, message);
      const known = this.#traced.find((traced) => traced.message === message);
      if (known !== undefined) known.parts.push(part);
      else this.#traced.push({ kind, message, parts: [part] });
      if (part !== 'asyncEnd') return;
      for (const tell of this.#ended) tell();
      this.#ended.clear();
    };
    const listeners = PARTS.map((part) => [part, (message: Message) => note(part, message)]);
    const subscribers = Object.fromEntries(listeners) as TracingChannelSubscribers<Message>;
    channel.subscribe(subscribers);
    this.#subscriptions.push(() => channel.unsubscribe(subscribers));
  }
}
