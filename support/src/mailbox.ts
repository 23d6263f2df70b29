/** A queue between who sends and who waits; whichever comes first is kept for the other. */
export class Mailbox {
  readonly #letters: unknown[] = [];
  readonly #readers: { resolve(letter: unknown): void; reject(error: Error): void }[] = [];
  #closed: Error | undefined;

  put(letter: unknown): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#letters.push(letter);
    else reader.resolve(letter);
  }

  take(): Promise<unknown> {
    if (this.#letters.length > 0) return Promise.resolve(this.#letters.shift());
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
    });
  }

  /**
   * What is there can still be taken; whoever waits for more is told the reason that there will be
   * none.
   */
  close(reason: Error): void {
    this.#closed = reason;
    for (const reader of this.#readers.splice(0)) reader.reject(reason);
  }
}
