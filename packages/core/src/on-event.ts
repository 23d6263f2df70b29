import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { CHANNELS, type DiagnosticChannel, type DiagnosticMessages } from './diagnostics.js';

/** A message, and the channel that it came on: a union that `switch (event.channel)` tells apart. */
export type HoldfastEvent = {
  [K in DiagnosticChannel]: { readonly channel: K } & DiagnosticMessages[K];
}[DiagnosticChannel];

/**
 * Subscribes to all channels of {@link DiagnosticMessages} at once, for all lockers of this process.
 * Ends when it is disposed of.
 *
 * The listener is called in the middle of what it is told of: it should return soon. What it throws
 * does not reach the library; Node reports it as an uncaught exception, as for any subscriber.
 *
 * @example
 * ```ts
 * import { onEvent } from '@holdfast/core';
 *
 * using events = onEvent((event) => {
 *   switch (event.channel) {
 *     case 'holdfast:loss':
 *       console.error(`lost ${event.lockName}: ${event.reason}`);
 *       break;
 *     case 'holdfast:wait-end':
 *       console.log(`${event.lockName}: ${event.outcome} after ${event.waited} ms`);
 *   }
 * });
 * ```
 */
export function onEvent(listener: (event: HoldfastEvent) => void): Disposable {
  const tell = (message: unknown, channel: string | symbol): void => {
    listener({ channel, ...(message as object) } as HoldfastEvent);
  };
  for (const channel of CHANNELS) subscribe(channel, tell);
  return {
    [Symbol.dispose]() {
      for (const channel of CHANNELS) unsubscribe(channel, tell);
    },
  };
}
