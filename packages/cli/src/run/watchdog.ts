import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { Socket } from 'node:net';

/**
 * Reads whom to watch from our pipe; the last line counts. The end of the pipe is our end, however it came
 * about: then whatever is watched is asked to end, and killed when its time is up. A shell is on every
 * machine, and it says nothing of us in process lists, so whoever kills us by name does not hit it.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU
target= grace=
while read -r a b; do target=$a grace=$b; done
[ -n "$target" ] || exit 0
if [ "$grace" != 0 ]; then
  kill -s TERM -- "$target"
  kill -s CONT -- "$target"
  sleep "$grace" & timer=$!
  while kill -s 0 "$timer" && kill -s 0 -- "$target"; do sleep 0.1 || sleep 1; done
  kill -s KILL "$timer"
fi
kill -s KILL -- "$target"
`;

/** Ends a command when we cannot, because we were killed. It costs a shell. */
export class Watchdog {
  readonly #orders: Writable;

  private constructor(orders: Writable) {
    this.#orders = orders;
  }

  static start(): Watchdog {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watchdog'], {
      // A session of its own: what a terminal says to us does not reach it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      // It may outlive us, and holds no folder.
      cwd: '/',
    });
    const { stdin } = shell;
    shell.unref();
    // The pipe is a socket to Node; its type says less.
    if (stdin instanceof Socket) stdin.unref();
    shell.on('error', () => {
      // Without a shell there is none. All else works as ever.
    });
    stdin.on('error', () => {
      // Somebody has killed it.
    });
    return new Watchdog(stdin);
  }

  /**
   * @param target - the number of a process, or, negative, of a group of them.
   * @param grace - the time between asking it to end and killing it, in ms.
   */
  watch(target: number, grace: number): void {
    this.#orders.write(`${target} ${grace / 1_000}\n`);
  }

  /** What was watched has ended: its number may be given to a stranger. */
  dismiss(): void {
    this.#orders.end('\n');
  }
}
