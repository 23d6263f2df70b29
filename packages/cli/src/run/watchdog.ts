import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { Socket } from 'node:net';
import { TOKENS } from './environment.js';

/**
 * Reads whom to watch from our pipe. The end of the pipe is our end, however it came about: then whatever
 * is watched is asked to end, and killed when its time is up. A shell is on every machine, and it says
 * nothing of us in process lists, so whoever kills us by name does not hit it.
 *
 * `target` is the command, or its group; `others` is what carries the token elsewhere, where there is a
 * /proc. By that it finds a command, too, that was started in the moment of our end.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU
token= grace= target=
while read -r order a b; do
  case $order in
    begin) token=$a grace=$b ;;
    watch) target=$a ;;
    over) exit ;;
  esac
done
[ -n "$token" ] || exit
others() {
  for file in $(grep -lsF -e "$token" /proc/[0-9]*/environ); do
    pid=\${file#/proc/} pid=\${pid%/environ}
    read -r stat < "/proc/$pid/stat" || continue
    set -- \${stat##*) }
    [ "-$3" = "$target" ] || [ "$pid" = "$target" ] || echo "$pid"
  done
}
tell() { kill -s "$1" -- $target $(others); }
alive() { kill -s 0 -- $target || [ -n "$(others)" ]; }
pause() { sleep "$1" || sleep 1; }
[ -n "$target" ] || pause 0.2
if [ "$grace" != 0 ]; then
  tell TERM
  tell CONT
  sleep "$grace" & timer=$!
  while kill -s 0 "$timer" && alive; do pause 0.1; done
  kill -s KILL "$timer"
fi
tell KILL
`;

/** Ends a command when we cannot, because we were killed. It costs a shell. */
export class Watchdog {
  readonly #orders: Writable;

  private constructor(orders: Writable) {
    this.#orders = orders;
  }

  /**
   * @param token - what all that the command starts has in its environment.
   * @param grace - the time between asking it to end and killing it, in ms.
   */
  static start(token: string, grace: number): Watchdog {
    // What watches us carries no token: if we run under a lock, too, it goes when we are over.
    const { [TOKENS]: _, HOLDFAST_LOCK_JSON: __, ...env } = process.env;
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watchdog'], {
      // A session of its own: what a terminal says to us does not reach it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      // It may outlive us, and holds no folder.
      cwd: '/',
      env,
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
    stdin.write(`begin ${token} ${grace / 1_000}\n`);
    return new Watchdog(stdin);
  }

  /** @param target - the number of a process, or, negative, of a group of them. */
  watch(target: number): void {
    this.#orders.write(`watch ${target}\n`);
  }

  /** What was watched has ended: its number may be given to a stranger. */
  dismiss(): void {
    this.#orders.end('over\n');
  }
}
