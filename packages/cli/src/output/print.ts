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

function open(): NodeJS.WriteStream {
  const { stdout } = process;
  // Whoever reads less than there is, as `head` does, is no error.
  if (!isUsed) stdout.on('error', () => process.exit());
  isUsed = true;
  return stdout;
}
