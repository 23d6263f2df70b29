import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticChannel, DiagnosticMessages } from '@holdfast/core';

/** What is told on a channel from now on, until the end of the block. */
export function hear<K extends DiagnosticChannel>(
  channel: K,
): Disposable & { readonly messages: readonly DiagnosticMessages[K][] } {
  const messages: DiagnosticMessages[K][] = [];
  const listen = (message: unknown): void => void messages.push(message as DiagnosticMessages[K]);
  subscribe(channel, listen);
  return { messages, [Symbol.dispose]: () => unsubscribe(channel, listen) };
}
