/**
 * A door that lets everybody through while it stands open, and makes them wait while it is shut.
 */
export class Gate {
  #passage: Promise<void> = Promise.resolve();
  #open: (() => void) | undefined;

  shut(): void {
    if (this.#open !== undefined) return;
    this.#passage = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open?.();
    this.#open = undefined;
  }

  /** Settles once the gate is open; at once, if it is. */
  passed(): Promise<void> {
    return this.#passage;
  }
}
