/** A URL with a user or a password in it. */
const SECRET = /^(?:--url=)?\w+:\/\/.*@/;

/**
 * Takes a URL with a password out of what process lists show of this process. For a moment it stood
 * there: the environment is the place for it.
 */
export function hideSecrets(args: readonly string[]): void {
  if (args.some((arg) => SECRET.test(arg))) process.title = `holdfast ${args[0] ?? ''}`.trimEnd();
}
