import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * The watchdog's script. It reads orders from our pipe; the end of the pipe is our end, however it
 * came about, and then whatever is still registered goes: stopped processes too, since SIGKILL
 * needs no cooperation. The folders are the positional parameters, the only list of a POSIX shell
 * that may hold spaces.
 */
const SCRIPT = `
trap '' HUP INT TERM
pids=
without() { for pid in $pids; do [ "$pid" = "$1" ] || printf '%s ' "$pid"; done; }
while IFS=' ' read -r order subject; do
  case $order in
    +pid) pids="$pids $subject" ;;
    -pid) pids=$(without "$subject") ;;
    +folder) set -- "$@" "$subject" ;;
    -folder)
      for folder do
        shift
        [ "$folder" = "$subject" ] || set -- "$@" "$folder"
      done ;;
  esac
done
[ -z "$pids" ] || kill -KILL $pids
[ $# -eq 0 ] || rm -rf -- "$@"
`;

let send: ((order: string) => void) | undefined;

/** From now on this process dies with us, also when we are killed. */
export function register(pid: number): void {
  tell(`+pid ${pid}`);
}

/** Has to be called when the process has ended: its number may be given to a stranger. */
export function unregister(pid: number): void {
  tell(`-pid ${pid}`);
}

/** From now on this folder is removed with us, also when we are killed. */
export function registerFolder(path: string): void {
  tell(`+folder ${path}`);
}

export function unregisterFolder(path: string): void {
  tell(`-folder ${path}`);
}

function tell(order: string): void {
  send ??= startWatchdog();
  send(order);
}

/** One watchdog for this process. It costs a shell, and it does not keep us alive. */
function startWatchdog(): (order: string) => void {
  const watchdog = spawn('/bin/sh', ['-c', SCRIPT, 'holdfast-reaper'], {
    // A session of its own: the signals of our terminal must not end it before us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const { stdin } = watchdog;
  watchdog.unref();
  // The pipe is a socket to Node; its type says less.
  if (stdin instanceof Socket) stdin.unref();
  stdin.on('error', () => {
    // The watchdog was killed by somebody; our ordinary clean-up still works.
  });
  return (order) => {
    stdin.write(`${order}\n`);
  };
}
