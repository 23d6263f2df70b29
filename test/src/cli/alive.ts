import { readFileSync } from 'node:fs';

/** Whether a process runs: not one that only waits for somebody to ask what became of it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It has ended meanwhile, or there is no /proc.
    return process.platform !== 'linux';
  }
}
