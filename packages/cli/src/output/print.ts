import { EXIT } from '../exit-code.js';
import { say } from './say.js';

let isUsed = false;

/**
 * A line on stdout. Only who prints opens it: that makes a pipe non-blocking, also for a command that shares
 * it.
 */
export function print(text: string): void {
  open().write(`${text}\n`);
}

/** Resolves when all has been read that was printed, or will be without us. */
export async function printed(): Promise<void> {
  if (isUsed) await new Promise((resolve) => process.stdout.write('', resolve));
}

function onError(error: NodeJS.ErrnoException): never {
  // Whoever reads less than there is, as `head` does, is no error.
  if (error.code === 'EPIPE') process.exit();
  say(`stdout cannot be written: ${error.message}`);
  process.exit(EXIT.OUTPUT);
}

function open(): NodeJS.WriteStream {
  const { stdout } = process;
  if (!isUsed) stdout.on('error', onError);
  isUsed = true;
  return stdout;
}
