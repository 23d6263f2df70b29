import { run } from './command.js';

/** Runs npm in a folder, as a user does. */
export function npm(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return run({ program: 'npm', args, cwd, env });
}
