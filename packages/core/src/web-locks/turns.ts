import type { LockMode } from './platform.js';

/** The requests for one name that are not answered. */
interface Line {
  /** How many there are. */
  open: number;
  /** That the last one that asks to be alone is answered. */
  exclusive: Promise<void> | undefined;
  /** And those behind it. */
  shared: Promise<void>[];
  /** Those whose turn has come. */
  readonly asking: Set<Promise<void>>;
}

/** When a request may be sent. */
export interface Turn {
  /** Undefined: now. */
  readonly comes: Promise<unknown> | undefined;
  /** It is answered: the lock is granted, or not to be had, or it stands in line. May be called twice. */
  readonly end: () => void;
}

/**
 * Whoever calls first asks first. A locker has several connections, and what is under way on two of them
 * can arrive in either order: so a request is not sent before the server has answered those that were made
 * before it for the same name. Those that ask for it as shared are in nobody's way, and go together.
 */
export class Turns {
  readonly #lines = new Map<string, Line>();
  readonly #open = new Set<Promise<void>>();

  take(name: string, mode: LockMode): Turn {
    const line = this.#lines.get(name) ?? newLine();
    this.#lines.set(name, line);
    line.open += 1;
    const { promise, resolve } = deferred();
    this.#open.add(promise);
    const comes = mode === 'shared' ? line.exclusive : after(line);
    if (mode === 'shared') line.shared.push(promise);
    else {
      line.exclusive = promise;
      line.shared = [];
    }
    if (comes === undefined) line.asking.add(promise);
    else void comes.then(() => line.asking.add(promise));
    const end = (): void => {
      if (!this.#open.delete(promise)) return;
      line.asking.delete(promise);
      line.open -= 1;
      if (line.open === 0) this.#lines.delete(name);
      resolve();
    };
    return { comes, end };
  }

  /** Resolves when all that were made until now are answered. */
  async over(): Promise<void> {
    await Promise.all(this.#open);
  }

  /**
   * That all are answered that ask for this name now; undefined: none does. What is given back after that
   * must not come before them: releases and requests that leave together change places.
   */
  asking(name: string): Promise<unknown> | undefined {
    const asking = this.#lines.get(name)?.asking;
    return asking === undefined || asking.size === 0 ? undefined : Promise.all(asking);
  }
}

function newLine(): Line {
  return { open: 0, exclusive: undefined, shared: [], asking: new Set() };
}

/** Undefined: all are answered. */
function after({ exclusive, shared, open }: Line): Promise<unknown> | undefined {
  // This one is one of them.
  if (open === 1) return undefined;
  return shared.length === 0 ? exclusive : Promise.all([exclusive, ...shared]);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
