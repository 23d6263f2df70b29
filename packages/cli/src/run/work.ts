import { HoldfastError, type Lock, LockLostError, type LockSet } from '@holdfast/core';
import { EXIT } from '../exit-code.js';
import { say } from '../output/say.js';
import { Child } from './child.js';
import { environmentOf, TOKENS, tokenOf } from './environment.js';
import type { Signals } from './signals.js';
import type { Terms } from './terms.js';
import { Watchdog } from './watchdog.js';

/** The command that is to run. */
export interface Work {
  readonly program: string;
  readonly args: readonly string[];
}

/** Runs the command under the lock, and gives it back. Resolves with the exit code. */
export async function work(
  held: Lock | LockSet,
  { program, args }: Work,
  { ttl, killAfter, onLost }: Terms,
  signals: Signals,
): Promise<number> {
  const token = tokenOf(held);
  // Whoever lets the command go on without its lock lets it go on without us.
  const watchdog = onLost === 'ignore' ? undefined : Watchdog.start(token, { ttl, killAfter });
  let child: Child;
  try {
    const env = { ...process.env, ...environmentOf(held, process.env[TOKENS]) };
    child = await Child.start({ program, args, env, token, watchdog });
  } catch (error) {
    watchdog?.dismiss();
    await giveBack(held);
    return tellNotStarted(program, error);
  }
  signals.hand((signal) => child.forward(signal));
  let ending: Promise<void> | undefined;
  const onLoss = (): void => {
    say((held.signal.reason as Error).message);
    if (onLost !== 'ignore') ending ??= child.end(killAfter);
  };
  if (held.signal.aborted) onLoss();
  else held.signal.addEventListener('abort', onLoss);
  // Whoever was stopped looks at the clock first; to ask is to be told.
  const onContinued = (): void => void held.held;
  process.on('SIGCONT', onContinued);
  const code = await child.ended;
  process.off('SIGCONT', onContinued);
  held.signal.removeEventListener('abort', onLoss);
  await ending;
  watchdog?.dismiss();
  // Whoever tells us to end now does not wait for Redis.
  signals.hand(() => process.exit(code));
  const kept = !held.signal.aborted && (await giveBack(held));
  if (kept || onLost === 'ignore') return code;
  say(`the lock was lost while the command ran, which ended with ${code}`);
  return EXIT.LOST;
}

/** Whether it was held until now. */
async function giveBack(held: Lock | LockSet): Promise<boolean> {
  try {
    await held.release();
    return true;
  } catch (error) {
    if (error instanceof LockLostError) {
      say(error.message);
      return false;
    }
    if (!(error instanceof HoldfastError)) throw error;
    // It was held all the while, and runs out by itself.
    say(error.message);
    return true;
  }
}

function tellNotStarted(program: string, error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    say(`${program}: not found`);
    return EXIT.NOT_FOUND;
  }
  say(`${program}: cannot be run: ${error instanceof Error ? error.message : String(error)}`);
  return EXIT.NOT_EXECUTABLE;
}
