import type { Failure, ReleaseOperation } from '../../store/port.js';
import type { Answer, Persistent } from '../retry.js';

/** The lock is being given back. */
export class Releasing implements Persistent<ReleaseOperation> {
  readonly kind = 'releasing';
  readonly done: Promise<void>;
  readonly #onAnswer: (answer: Answer<ReleaseOperation>) => Error | undefined;
  readonly #onFailure: (failure: Failure) => Error;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(
    onAnswer: (answer: Answer<ReleaseOperation>) => Error | undefined,
    onFailure: (failure: Failure) => Error,
  ) {
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  answered(answer: Answer<ReleaseOperation>): void {
    const error = this.#onAnswer(answer);
    if (error === undefined) this.#resolve();
    else this.#reject(error);
  }

  failed(failure: Failure): void {
    this.#reject(this.#onFailure(failure));
  }
}
