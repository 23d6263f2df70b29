import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { register, unregister } from '@holdfast/support';
import { Output } from './output.js';

/** The program, as it was built. */
export const PROGRAM: string = fileURLToPath(
  new URL('dist/index.js', import.meta.resolve('@holdfast/cli/package.json')),
);

/** Far above what anything here takes, in ms. */
const PATIENCE = 80_000;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HoldfastOptions {
  /** Where it finds Redis, by the environment. */
  readonly url?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** `holdfast` as a process of its own, without a terminal: as cron, a service or CI would run it. */
export class Holdfast implements AsyncDisposable {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly ended: Promise<Ending>;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.stdout = new Output(child.stdout);
    this.stderr = new Output(child.stderr);
    // It may have ended before it was written to.
    child.stdin?.on('error', () => {});
    const { pid } = child;
    if (pid !== undefined) register(pid);
    this.ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`It has not ended; it said: ${this.stdout.text}${this.stderr.text}`));
      }, PATIENCE);
      child.once('error', reject);
      child.once('exit', () => {
        if (pid !== undefined) unregister(pid);
      });
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        resolve({ code, signal, stdout: this.stdout.text, stderr: this.stderr.text });
      });
    });
  }

  static start(args: readonly string[], { url, env }: HoldfastOptions = {}): Holdfast {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, REDIS_URL: url, ...env },
      // A session of its own has no terminal, wherever the tests run.
      detached: true,
      stdio: 'pipe',
    });
    return new Holdfast(child);
  }

  /** Runs it to its end. */
  static async run(args: readonly string[], options?: HoldfastOptions): Promise<Ending> {
    await using holdfast = Holdfast.start(args, options);
    holdfast.write('');
    return await holdfast.ended;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** All that comes on its stdin. */
  write(text: string): void {
    this.#process.stdin?.end(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    // What became of it is for the test to say.
    await this.ended.catch(() => {});
  }
}
