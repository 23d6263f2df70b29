import type { Readable } from 'node:stream';

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
    // What ends without having said it will not say it any more; the limit of the test tells.
    stream?.on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** Settles when it has said that: with what the expression has found. */
  says(expected: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve) => {
      const listener = (): void => {
        const found = expected.exec(this.#text);
        if (found === null) return;
        this.#listeners.delete(listener);
        resolve(found);
      };
      this.#listeners.add(listener);
      listener();
    });
  }
}
