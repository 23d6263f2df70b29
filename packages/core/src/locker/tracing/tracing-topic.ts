import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { TracingMessages } from './messages.js';

/** One tracing channel with the type of its messages. */
class TracingTopic<K extends keyof TracingMessages> {
  readonly #channel: TracingChannel<unknown, TracingMessages[K]>;

  constructor(name: K) {
    this.#channel = tracingChannel(name);
  }

  /** Whether anybody listens to any of its parts. Bun's tracing channels do not say it themselves. */
  get heard(): boolean {
    const { start, end, asyncStart, asyncEnd, error } = this.#channel;
    return (
      start.hasSubscribers ||
      end.hasSubscribers ||
      asyncStart.hasSubscribers ||
      asyncEnd.hasSubscribers ||
      error.hasSubscribers
    );
  }

  /** Tells of the work from its beginning until its promise is settled. */
  trace<T>(message: TracingMessages[K], work: () => Promise<T>): Promise<T> {
    return this.#channel.tracePromise(work, message);
  }
}

export const acquireTracing: TracingTopic<'holdfast:acquire'> = new TracingTopic(
  'holdfast:acquire',
);
export const holdTracing: TracingTopic<'holdfast:hold'> = new TracingTopic('holdfast:hold');
