import type { Context } from './context.js';
import { pauseAfter } from './retry.js';

/** That a locker is told of its grants, and of their end, also while nobody waits. */
export class Listening {
  readonly #context: Context;
  #isTrying = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Resolves after one try, and never rejects. What it takes more goes on in the background, until it
   * listens or the locker closes.
   */
  async begin(): Promise<void> {
    const { session, keepAlive } = this.#context;
    this.#context.listens = true;
    const failure = await keepAlive.during(session.listen());
    if (failure !== undefined) void this.#tryOn();
  }

  async #tryOn(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    const { session, agenda } = this.#context;
    // oxlint-disable no-await-in-loop -- one try after the other
    for (let attempts = 1; ; attempts += 1) {
      // A locker that closes leaves no pause behind.
      await agenda.pause(pauseAfter(attempts));
      const failure = await session.listen();
      if (failure === undefined || failure.kind === 'closed') break;
    }
    // oxlint-enable no-await-in-loop
    this.#isTrying = false;
  }
}
