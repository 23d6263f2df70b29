import { onEvent } from '@holdfast/core';

/** The channel and what was said on it. */
type Told = readonly [channel: string, message: Readonly<Record<string, unknown>>];

/** Notes what all channels say until it is disposed of. */
export function listen(): { readonly told: Told[]; [Symbol.dispose](): void } {
  const told: Told[] = [];
  const events = onEvent(({ channel, ...message }) => told.push([channel, message]));
  return { told, [Symbol.dispose]: () => events[Symbol.dispose]() };
}
