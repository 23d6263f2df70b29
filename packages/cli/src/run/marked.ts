import { readdirSync, readFileSync } from 'node:fs';

/** A process, and the group that it belongs to. */
export interface Marked {
  readonly pid: number;
  readonly group: number;
}

/**
 * All that a command has started carries the token of its lock in its environment, wherever it went. Empty
 * where there is no /proc.
 */
export function marked(token: string): Marked[] {
  return pids().flatMap((pid) => {
    const environment = read(`/proc/${pid}/environ`);
    if (environment === undefined || !environment.includes(token)) return [];
    // `pid (name) state parent group …`; the name may hold anything.
    const [, , group] = (read(`/proc/${pid}/stat`) ?? '').replace(/^.*\) /s, '').split(' ');
    return [{ pid, group: Number(group) }];
  });
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Undefined: it has ended, or belongs to another user. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
