import { spawn } from 'node:child_process';
import { once } from 'node:events';

const IS_WINDOWS = process.platform === 'win32';

/** What a build or a program may take at the longest, in ms. Far above what any takes. */
const LIMIT = 300_000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** In ms; default: five minutes. */
  readonly limit?: number;
}

/** A program that did not end well, with all that it said. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly output: string;

  constructor(what: string, output: string) {
    super(`${what}\n${output}`);
    this.output = output;
  }
}

/**
 * Runs a program to its end; resolves with what it printed.
 *
 * @throws {CommandFailure} if it does not end by itself, or not with 0.
 */
export async function run({ program, args, cwd, env, limit = LIMIT }: Command): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A batch file there, and only a shell runs those.
    shell: IS_WINDOWS && program === 'npm',
    // A group of its own, so that what it started ends with it.
    detached: !IS_WINDOWS,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end(child.pid);
  }, limit);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    const output = Buffer.concat(chunks).toString();
    if (code === 0) return output;
    const how = late ? `did not end within ${limit} ms` : `ended with ${signal ?? code}`;
    throw new CommandFailure(`${[program, ...args].join(' ')} ${how}`, output);
  } finally {
    clearTimeout(timer);
  }
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(IS_WINDOWS ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
