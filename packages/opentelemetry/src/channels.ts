import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DiagnosticChannel, DiagnosticMessages, TracingMessages } from '@holdfast/core';

/** Whoever follows what a tracing channel tells, from its beginning to its end. */
export interface Following<M> {
  begins(message: M): void;
  ended(message: M): void;
}

/** Returns how to end it. */
export function follow<K extends keyof TracingMessages>(
  channel: K,
  following: Following<TracingMessages[K]>,
): () => void {
  const begins = (message: unknown): void => following.begins(message as TracingMessages[K]);
  const ended = (message: unknown): void => following.ended(message as TracingMessages[K]);
  subscribe(`tracing:${channel}:start`, begins);
  subscribe(`tracing:${channel}:asyncEnd`, ended);
  return () => {
    unsubscribe(`tracing:${channel}:start`, begins);
    unsubscribe(`tracing:${channel}:asyncEnd`, ended);
  };
}

/** Returns how to end it. */
export function listen<K extends DiagnosticChannel>(
  channel: K,
  listener: (message: DiagnosticMessages[K]) => void,
): () => void {
  const told = (message: unknown): void => listener(message as DiagnosticMessages[K]);
  subscribe(channel, told);
  return () => unsubscribe(channel, told);
}
