import { type ChildProcess, spawn } from 'node:child_process';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { register, unregister } from '@holdfast/support';
import type { Ending } from './holdfast.js';
import { Output } from './output.js';

/** Ends what one call says, on both streams. */
export const END = '\0';

export interface Call {
  readonly args: readonly string[];
  readonly url: string;
}

/**
 * `holdfast` for calls that only ask and answer: all in one process, one after another, because most of what a
 * process of its own does is to start.
 */
export function inOneProcess(): (args: readonly string[], url: string) => Promise<Ending> {
  let child: ChildProcess;
  let stdout: Output;
  let stderr: Output;
  let calls = 0;
  let last: Promise<unknown> = Promise.resolve();
  before(() => {
    const program = fileURLToPath(new URL('./main-process.js', import.meta.url));
    const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
    child = spawn(process.execPath, [program], { env, detached: true, stdio: 'pipe' });
    stdout = new Output(child.stdout);
    stderr = new Output(child.stderr);
    const { pid } = child;
    if (pid === undefined) return;
    register(pid);
    child.once('exit', () => unregister(pid));
  });
  after(async () => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    await ended;
  });
  const call = async (args: readonly string[], url: string): Promise<Ending> => {
    calls += 1;
    child.stdin?.write(`${JSON.stringify({ args, url } satisfies Call)}\n`);
    const said = await stdout.says(partAt(calls));
    const complained = await stderr.says(partAt(calls));
    const [, text = '', code] = /^([^]*?)(\d+)$/.exec(said[1] ?? '') ?? [];
    return { code: Number(code), signal: null, stdout: text, stderr: complained[1] ?? '' };
  };
  return (args, url) => {
    const ending = last.then(() => call(args, url));
    last = ending.catch(() => {});
    return ending;
  };
}

/** What comes before the nth end, and after the one before. */
function partAt(count: number): RegExp {
  return new RegExp(`^(?:[^${END}]*${END}){${count - 1}}([^${END}]*)${END}`);
}
