import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOfSignal } from '../exit-code.js';
import { hasTerminal } from './terminal.js';
import { marked } from './marked.js';
import type { Watchdog } from './watchdog.js';

/** Between two looks whether all have ended, in ms. */
const LOOK_INTERVAL = 50;

/** What a terminal sends by itself to all who are in front of it. */
const OF_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Stands in the environment, and in no other. */
  readonly token: string;
  readonly watchdog: Watchdog | undefined;
}

/**
 * The command that runs under the lock.
 *
 * With a terminal it belongs to our own process group, so that it can read from the terminal and stop with
 * us. Without, it leads a group of its own: then signals reach all that it has started, too.
 */
export class Child {
  /** Settles with its exit code, as a shell gives it, when it has ended. */
  readonly ended: Promise<number>;
  /** The process, or, negative, the group that it leads. */
  readonly #target: number;
  readonly #token: string;
  #over = false;

  private constructor(child: ChildProcess, target: number, token: string) {
    this.#target = target;
    this.#token = token;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#over = true;
        resolve(signal === null ? (code ?? 0) : exitCodeOfSignal(signal));
      });
    });
  }

  /** @throws the error of the system if it cannot be started. */
  static async start(options: ChildOptions): Promise<Child> {
    const { program, args, env, token, watchdog } = options;
    const leads = !hasTerminal();
    const child = spawn(program, args, { env, stdio: 'inherit', detached: leads });
    const { pid } = child;
    if (pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error];
      throw error;
    }
    const target = leads ? -pid : pid;
    watchdog?.watch(target);
    return new Child(child, target, token);
  }

  /** What somebody has sent to us. */
  forward(signal: NodeJS.Signals): void {
    const isAlone = this.#target > 0;
    if (this.#over || (isAlone && OF_TERMINAL.has(signal))) return;
    this.#send(signal);
  }

  /** Asks it, and all that it has started, to end, and kills what is left after so many ms. */
  async end(killAfter: number): Promise<void> {
    if (killAfter > 0) {
      this.#tell('SIGTERM');
      // What was stopped would not hear of it.
      this.#tell('SIGCONT');
      const end = performance.now() + killAfter;
      // oxlint-disable-next-line no-await-in-loop -- Nobody tells that a group has ended.
      while (this.#isAlive() && performance.now() < end) await sleep(LOOK_INTERVAL);
    }
    this.#tell('SIGKILL');
    await this.ended;
  }

  #isAlive(): boolean {
    return this.#send(0) || this.#others().length > 0;
  }

  #tell(signal: NodeJS.Signals): void {
    this.#send(signal);
    for (const pid of this.#others()) send(pid, signal);
  }

  /** To the command, and to its group if it has one, which can live on without it. */
  #send(signal: NodeJS.Signals | 0): boolean {
    return !(this.#over && this.#target > 0) && send(this.#target, signal);
  }

  /** What it has started and that left it. */
  #others(): number[] {
    const others = marked(this.#token).filter(({ pid, group }) => {
      return pid !== this.#target && -group !== this.#target;
    });
    return others.map(({ pid }) => pid);
  }
}

/** Whether there was anybody that we may send it to. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
