import type { Failure, Operation, Patience, Reply } from '../store/port.js';

/** An operation on its way to the store. */
export class Entry {
  readonly operation: Operation;
  readonly sendBy: number;
  readonly silence: number;
  /** The moment on the monotonic clock. */
  readonly since: number;
  readonly reply: Reply<Operation>;

  constructor(
    operation: Operation,
    { sendBy, silence }: Patience,
    since: number,
    reply: Reply<Operation>,
  ) {
    this.operation = operation;
    this.sendBy = sendBy;
    this.silence = silence;
    this.since = since;
    this.reply = reply;
  }

  /** It is sent now, unless that is not worth anything any more. */
  sends(now: number): boolean {
    return this.sendBy > now && this.reply.sending();
  }

  /** What it adds to a batch that the operations of locks with short names do not. */
  get length(): number {
    const { operation } = this;
    return operation.key.length + ('token' in operation ? operation.token.length : 0);
  }
}

/** One failure for all: the stack of each would cost more than its operation. */
export function failAll(entries: readonly Entry[], failure: Failure): void {
  for (const { reply } of entries) reply.failed(failure);
}
