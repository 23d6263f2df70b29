import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long the watchdogs of processes that were killed may take to clean up after them. */
const PATIENCE = 10_000;

/**
 * What still carries the run's folder in its name a moment after the run: processes, by their
 * environment or command line, and files. Processes are looked for where there is a /proc; they are
 * killed.
 */
export async function leftovers(runDirectory: string): Promise<string[]> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const processes = await processesOf(runDirectory);
    const files = await readdir(runDirectory);
    const isClean = processes.length === 0 && files.length === 0;
    if (isClean || performance.now() > deadline) {
      for (const { pid } of processes) process.kill(pid, 'SIGKILL');
      return [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...files];
    }
    await sleep(50);
  }
}

interface Found {
  readonly pid: number;
  readonly command: string;
}

async function processesOf(runDirectory: string): Promise<Found[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found = entries
    .filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid))
    .map(async (entry): Promise<Found[]> => {
      // A process that ends while we look, or that is a stranger's, cannot be read.
      const read = (file: string): Promise<string> =>
        readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '');
      const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
      const isOurs = command.includes(runDirectory) || environment.includes(runDirectory);
      return isOurs ? [{ pid: Number(entry), command: command.replaceAll('\0', ' ') }] : [];
    });
  return (await Promise.all(found)).flat();
}
