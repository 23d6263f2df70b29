import { type ChildProcess, spawn } from 'node:child_process';
import { register, unregister } from '@holdfast/support';
import { PROGRAM } from './holdfast.js';
import { Output } from './output.js';

/** As a shell in a terminal reads it, also within quotes. */
export const HOLDFAST = '"$NODE" "$PROGRAM"';

export interface TerminalOptions {
  readonly url: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A shell command in a pseudo terminal of 100 columns and 30 lines. `script` makes it: of util-linux, which
 * every Debian and Ubuntu has, or of BSD, as on macOS.
 */
export class Terminal implements AsyncDisposable {
  readonly screen: Output;
  /** Settles with the exit code of the command. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.screen = new Output(child.stdout);
    // It may have ended before a key was pressed.
    child.stdin?.on('error', () => {});
    const { pid } = child;
    if (pid !== undefined) register(pid);
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        if (pid !== undefined) unregister(pid);
      });
      child.once('close', (code) => resolve(code));
    });
  }

  static start(command: string, { url, env }: TerminalOptions): Terminal {
    const sized = `stty cols 100 rows 30; ${command}`;
    const args =
      process.platform === 'linux'
        ? ['--quiet', '--return', '--command', sized, '/dev/null']
        : ['-q', '/dev/null', 'sh', '-c', sized];
    const child = spawn('script', args, {
      env: {
        ...process.env,
        // What a shell in it is, and shows, is the same everywhere. Node reads these for colours: where `CI` is set
        // and no service that it knows is named beside it, a terminal has none.
        CI: undefined,
        NODE_DISABLE_COLORS: undefined,
        NO_COLOR: undefined,
        FORCE_COLOR: undefined,
        TERM: 'xterm-256color',
        SHELL: '/bin/sh',
        PS1: '$ ',
        ENV: '',
        NODE: process.execPath,
        PROGRAM,
        REDIS_URL: url,
        ...env,
      },
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return new Terminal(child);
  }

  /** Keys: `\x03` is Ctrl-C, `\x1a` Ctrl-Z. */
  type(keys: string): void {
    this.#process.stdin?.write(keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.ended;
  }
}
