import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { Socket } from 'node:net';
import { TOKENS } from './environment.js';

/**
 * Reads whom to watch from our pipe. The end of the pipe is our end, however it came about: then whatever
 * is watched is asked to end, and killed when its time is up. The same if we have said nothing for so long
 * that our lock must be lost: then we were stopped. A shell is on every machine, and it says nothing of us
 * in process lists, so whoever kills us by name does not hit it.
 *
 * `target` is the command, or its group; `others` is what carries the token elsewhere, where there is a
 * /proc. By that it finds a command, too, that was started in the moment of our end.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU
token= rest= patience= target= timer=
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
act() {
  [ -n "$target" ] || pause 0.2
  if [ "$rest" != 0 ]; then
    tell TERM
    tell CONT
    sleep "$rest" & sleeper=$!
    while kill -s 0 "$sleeper" && alive; do pause 0.1; done
    kill -s KILL "$sleeper"
  fi
  tell KILL
}
expect() {
  (
    # Before its own sleep it has the number of the one before.
    trap '[ "$!" = "$timer" ] || kill -s KILL "$!"; exit' USR1
    sleep "$patience" &
    wait "$!"
    act
  ) & timer=$!
}
heard() {
  [ -n "$timer" ] || return
  kill -s USR1 "$timer"
  wait "$timer"
}
while read -r order a b c; do
  heard
  case $order in
    begin) token=$a rest=$b patience=$c ;;
    watch) target=$a ;;
    over) exit ;;
  esac
  expect
done
heard
[ -z "$token" ] || act
`;

/** Between two signs of life, in ms; each costs the shell two processes. */
const LEAST_INTERVAL = 1_000;
const LONGEST_INTERVAL = 60_000;

export interface WatchdogOptions {
  /** That of the lock, in ms. */
  readonly ttl: number;
  /** The time between asking the command to end and killing it, in ms. */
  readonly killAfter: number;
}

/** Ends a command when we cannot, because we were killed or stopped. It costs a shell. */
export class Watchdog {
  readonly #orders: Writable;
  readonly #signs: NodeJS.Timeout;

  private constructor(orders: Writable, interval: number) {
    this.#orders = orders;
    this.#signs = setInterval(() => orders.write('alive\n'), interval);
    this.#signs.unref();
  }

  /** @param token - what all that the command starts has in its environment. */
  static start(token: string, { ttl, killAfter }: WatchdogOptions): Watchdog {
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
    const interval = Math.min(Math.max(ttl / 3, LEAST_INTERVAL), LONGEST_INTERVAL);
    // Nobody renews any more when it has to act: all has to be gone before the next one is let in.
    const rest = Math.min(killAfter, ttl / 2) / 1_000;
    // Whoever renewed after a sign of life gave the next one an interval later, or was stopped by then.
    const patience = Math.ceil((ttl + interval) / 1_000);
    stdin.write(`begin ${token} ${rest} ${patience}\n`);
    return new Watchdog(stdin, interval);
  }

  /** @param target - the number of a process, or, negative, of a group of them. */
  watch(target: number): void {
    this.#orders.write(`watch ${target}\n`);
  }

  /** What was watched has ended: its number may be given to a stranger. */
  dismiss(): void {
    clearInterval(this.#signs);
    this.#orders.end('over\n');
  }
}
