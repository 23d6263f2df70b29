import type { LockManager } from '@holdfast/core/web-locks';

/** Written for `navigator.locks`: it knows nothing of Redis, and runs in a browser as well. */
export class Reports {
  readonly #locks: LockManager;
  readonly #lines: string[] = [];

  constructor(locks: LockManager) {
    this.#locks = locks;
  }

  /** Many read at the same time. */
  read(work: (lines: readonly string[]) => Promise<void>): Promise<void> {
    return this.#locks.request('reports', { mode: 'shared' }, () => work(this.#lines));
  }

  /** One writes, while nobody reads. */
  write(line: string): Promise<number> {
    return this.#locks.request('reports', () => this.#lines.push(line));
  }

  /** Only if nobody is at it. */
  tidy(): Promise<'tidied' | 'not now'> {
    return this.#locks.request('reports', { ifAvailable: true }, (lock) => {
      if (lock === null) return 'not now';
      this.#lines.sort();
      return 'tidied';
    });
  }
}
