import type { Locker } from '@holdfast/core';

/** Messages that are to be sent in their order, each once. */
export interface Outbox {
  /** The first that is there; waits for one. Rejects when the signal aborts. */
  first(signal: AbortSignal): Promise<string>;
  remove(message: string): Promise<void>;
}

/** `fencingToken` is for the receiver: it takes nothing from a leader before the last one. */
export type Send = (
  message: string,
  under: { readonly signal: AbortSignal; readonly fencingToken: number },
) => Promise<void>;

/** Sends as long as this process leads, and stands by as long as another one does. */
export async function sendInOrder(
  locker: Locker,
  outbox: Outbox,
  send: Send,
  stop: AbortSignal,
): Promise<void> {
  const options = { signal: stop, ttl: '10s' } as const;
  await locker.lead(
    'outbox',
    async ({ fencingToken }, signal) => {
      while (!signal.aborted) await sendNext(outbox, send, { signal, fencingToken });
    },
    options,
  );
}

async function sendNext(outbox: Outbox, send: Send, under: Parameters<Send>[1]): Promise<void> {
  const message = await outbox.first(under.signal);
  await send(message, under);
  await outbox.remove(message);
}
