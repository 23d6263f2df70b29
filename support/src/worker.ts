import { type ChildProcess, fork } from 'node:child_process';
import { Mailbox } from './mailbox.js';
import { register, unregister } from './reaper.js';
import type { Events, Handlers, Message, Request } from './worker-protocol.js';

/** How a process ended: with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts a Node process from a module that calls `serveWorker`, and settles when it serves. It dies
 * with us.
 *
 * @example Another instance of a service
 * ```ts
 * await using holder = await startWorker<Commands>(new URL('./holder.js', import.meta.url), [url]);
 * await holder.request('acquire', 'order:42');
 * holder.kill('SIGKILL');
 * ```
 * @throws {Error} if the process ends before it serves.
 */
export async function startWorker<H extends Handlers, E extends Events = Events>(
  moduleUrl: URL,
  args: readonly string[] = [],
): Promise<WorkerProcess<H, E>> {
  const child = fork(moduleUrl, args, {
    // A session of its own: a Ctrl-C in the terminal reaches us alone.
    detached: true,
    execArgv: [],
    serialization: 'advanced',
  });
  const worker = new WorkerProcess<H, E>(child);
  await worker.ready();
  return worker;
}

/** A real process of its own, as another instance of a service would be. */
export class WorkerProcess<
  H extends Handlers,
  E extends Events = Events,
> implements AsyncDisposable {
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #replies = new Map<number, Mailbox>();
  readonly #events = new Map<string, Mailbox>();
  readonly #ready = new Mailbox();
  #requests = 0;
  #ended: Error | undefined;

  /** @internal */
  constructor(child: ChildProcess) {
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) register(pid);
    child.on('message', (message) => this.#receive(message as Message));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        if (pid !== undefined) unregister(pid);
        resolve({ code, signal });
      });
    });
    // 'disconnect' comes when the last message has been read, which may be after the process has
    // ended.
    child.once('disconnect', () => {
      void this.exited.then(({ code, signal }) => {
        this.#end(new Error(`The worker ended with ${signal ?? `code ${code}`}.`));
      });
    });
    child.once('error', (error) => this.#end(error));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @internal */
  async ready(): Promise<void> {
    await this.#ready.take();
  }

  /**
   * Has the worker run a handler. Rejects with the handler's error, or if the worker ends before it
   * answers.
   */
  async request<N extends keyof H & string>(
    name: N,
    ...input: Parameters<H[N]>
  ): Promise<Awaited<ReturnType<H[N]>>> {
    const id = ++this.#requests;
    const reply = this.#mailbox(this.#replies, id);
    const message: Request = { id, name, input };
    // A failure to send means that the worker is gone, and then the mailbox is closed.
    if (this.#child.connected) this.#child.send(message, () => {});
    try {
      return (await reply.take()) as Awaited<ReturnType<H[N]>>;
    } finally {
      this.#replies.delete(id);
    }
  }

  /** The data of the next event of this name. Events that nobody has waited for yet are kept. */
  async event<N extends keyof E & string>(name: N): Promise<E[N]> {
    return (await this.#mailbox(this.#events, name).take()) as E[N];
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /**
   * Freezes the process in whatever it does, as a suspended machine or a long garbage collection
   * would.
   */
  pause(): void {
    this.kill('SIGSTOP');
  }

  resume(): void {
    this.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'ready':
        this.#ready.put(undefined);
        break;
      case 'event':
        this.#mailbox(this.#events, message.name).put(message.data);
        break;
      case 'output':
        this.#replies.get(message.id)?.put(message.output);
        break;
      case 'failure': {
        const { failure } = message;
        this.#replies.get(message.id)?.close(Object.assign(new Error(failure.message), failure));
        break;
      }
    }
  }

  #mailbox<Key>(mailboxes: Map<Key, Mailbox>, key: Key): Mailbox {
    const mailbox = mailboxes.get(key) ?? new Mailbox();
    if (this.#ended !== undefined) mailbox.close(this.#ended);
    mailboxes.set(key, mailbox);
    return mailbox;
  }

  #end(reason: Error): void {
    this.#ended = reason;
    const mailboxes = [this.#ready, ...this.#replies.values(), ...this.#events.values()];
    for (const mailbox of mailboxes) mailbox.close(reason);
  }
}
