import type { Events, Failure, Handlers, Message, Request } from './worker-protocol.js';

/** The worker's side of the connection with the process that started it. */
export interface Parent<E extends Events> {
  emit<N extends keyof E & string>(name: N, data: E[N]): void;
}

/**
 * Serves requests in a process that `startWorker` started, until that one ends. The worker's
 * arguments are in
 * `process.argv`, from the third on.
 *
 * @throws {Error} if this process was started in another way.
 */
export function serveWorker<E extends Events = Events>(handlers: Handlers): Parent<E> {
  if (process.send === undefined) throw new Error('This module runs in a worker: use startWorker.');
  process.on('message', (message) => {
    const { id, name, input } = message as Request;
    answer(handlers, name, input).then(
      (output) => say({ kind: 'output', id, output }),
      (error: unknown) => say({ kind: 'failure', id, failure: describe(error) }),
    );
  });
  // Nobody is left to serve, whatever still runs.
  process.once('disconnect', () => process.exit());
  say({ kind: 'ready' });
  return { emit: (name, data) => say({ kind: 'event', name, data }) };
}

function say(message: Message): void {
  process.send?.(message);
}

async function answer(
  handlers: Handlers,
  name: string,
  input: readonly unknown[],
): Promise<unknown> {
  const handler = handlers[name];
  if (handler === undefined) throw new Error(`This worker has no handler for ${name}.`);
  return await handler(...(input as never[]));
}

function describe(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, code: undefined };
  }
  const { name, message, stack } = error;
  return { name, message, stack, code: 'code' in error ? error.code : undefined };
}
