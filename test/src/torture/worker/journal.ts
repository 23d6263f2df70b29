import { openSync, writeSync } from 'node:fs';
import { now } from '../clock.js';
import type { Entry, Operation } from '../history/record.js';

/** An entry as it is handed in: it gets its moment now, unless it brings one. */
type Draft = Entry extends infer E
  ? E extends Entry
    ? Omit<E, 'at'> & { readonly at?: number }
    : never
  : never;

/** Writes each entry at once, past every buffer of this process: a SIGKILL loses none. */
export class Journal {
  readonly #file: number;
  #calls = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(draft: Draft): void {
    writeSync(this.#file, `${JSON.stringify({ at: now(), ...draft })}\n`);
  }

  /** A call of the library begins; returns its number. */
  called(operation: Operation, lock: string, limit: number, owner?: string): number {
    this.#calls += 1;
    // Infinity has no JSON.
    const finite = Number.isFinite(limit) ? limit : null;
    this.write({ kind: 'called', call: this.#calls, operation, lock, limit: finite, owner });
    return this.#calls;
  }

  answered(call: number, outcome: string): void {
    this.write({ kind: 'answered', call, outcome });
  }
}
