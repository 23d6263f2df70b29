import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodeOfSignal } from '../exit-code.js';
import { hasTerminal } from './terminal.js';
import type { Watchdog } from './watchdog.js';

/** How often it is looked whether a group has ended, in ms: nobody tells. */
const LOOK_INTERVAL = 50;

/** What a terminal sends by itself to all who are in front of it. */
const OF_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly watchdog: Watchdog;
  /** What it has to end after we were killed, in ms. */
  readonly graceAlone: number;
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
  readonly #process: ChildProcess;
  readonly #pid: number;
  readonly #leads: boolean;
  #over = false;

  private constructor(child: ChildProcess, pid: number, leads: boolean, watchdog: Watchdog) {
    this.#process = child;
    this.#pid = pid;
    this.#leads = leads;
    child.on('error', () => {
      // A signal that it may not be sent, as to a program of another user.
    });
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#over = true;
        watchdog.dismiss();
        resolve(signal === null ? (code ?? 0) : exitCodeOfSignal(signal));
      });
    });
  }

  /** @throws the error of the system if it cannot be started. */
  static async start(options: ChildOptions): Promise<Child> {
    const { program, args, env, watchdog, graceAlone } = options;
    const leads = !hasTerminal();
    const child = spawn(program, args, { env, stdio: 'inherit', detached: leads });
    const { pid } = child;
    if (pid === undefined) {
      const [error] = (await once(child, 'error')) as [Error];
      throw error;
    }
    watchdog.watch(leads ? -pid : pid, graceAlone);
    return new Child(child, pid, leads, watchdog);
  }

  /** What somebody has sent to us. */
  forward(signal: NodeJS.Signals): void {
    if (this.#leads || !OF_TERMINAL.has(signal)) this.#send(signal);
  }

  /** Asks it to end, and kills what is left of it when the grace, in ms, is over. */
  async end(grace: number): Promise<void> {
    if (grace > 0) {
      this.#send('SIGTERM');
      // One that was stopped would not hear of it.
      this.#send('SIGCONT');
      const end = performance.now() + grace;
      // eslint-disable-next-line no-await-in-loop -- Waiting is what it is for.
      while (this.#send(0) && performance.now() < end) await sleep(LOOK_INTERVAL);
    }
    this.#send('SIGKILL');
    await this.ended;
  }

  /** Whether there was anybody to send it to. */
  #send(signal: NodeJS.Signals | 0): boolean {
    if (!this.#leads) return !this.#over && this.#process.kill(signal);
    try {
      // The group lives on when its leader has ended.
      return process.kill(-this.#pid, signal);
    } catch {
      return false;
    }
  }
}
