/** What a terminal or another process asks us for, and a command wants to hear of. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** What ends a wait. The others do nothing, as long as there is no command. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/** The signals that this process gets: the first one ends the wait; once there is a command, it gets all. */
export class Signals implements Disposable {
  readonly #ended = new AbortController();
  #first: NodeJS.Signals | undefined;
  #listener: ((signal: NodeJS.Signals) => void) | undefined;

  constructor() {
    for (const signal of FORWARDED) process.on(signal, this.#onSignal);
  }

  /** What has ended the wait. */
  get first(): NodeJS.Signals | undefined {
    return this.#first;
  }

  /** Aborts with the first. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** From now on they go there. */
  hand(listener: (signal: NodeJS.Signals) => void): void {
    this.#listener = listener;
  }

  [Symbol.dispose](): void {
    for (const signal of FORWARDED) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#listener !== undefined) {
      this.#listener(signal);
      return;
    }
    if (!ENDING.has(signal)) return;
    this.#first ??= signal;
    this.#ended.abort();
  };
}
