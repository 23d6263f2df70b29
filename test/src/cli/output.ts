import type { Readable } from 'node:stream';

/** Far above what anything here takes, in ms. */
const PATIENCE = 40_000;

/** What a program has said until now, and will say. */
export class Output {
  #text = '';
  readonly #listeners = new Set<() => void>();

  constructor(stream: Readable | null) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.#text += chunk;
      for (const listener of this.#listeners) listener();
    });
    // What ends without having said it is told by the end of patience.
    stream?.on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** Settles when it has said that: with what the expression has found. */
  says(expected: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(listener);
        reject(
          new Error(
            `Waited in vain for ${expected}; it said: ${JSON.stringify(this.#text.slice(-2_000))}`,
          ),
        );
      }, PATIENCE);
      const listener = (): void => {
        const found = expected.exec(this.#text);
        if (found === null) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(found);
      };
      this.#listeners.add(listener);
      listener();
    });
  }
}
