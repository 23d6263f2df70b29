import type { Failure, Operation, Patience, Reply } from '../../store/port.js';

/** A batch has no more members than operations: this is its room, shared among them. */
const WEIGHT_OF_A_MEMBER = 512;

/** An operation on its way to the store. */
export class Entry {
  readonly operation: Operation;
  readonly patience: Patience;
  /** The moment on the monotonic clock, in whole ms: V8 allocates an object for any other number. */
  readonly since: number;
  readonly reply: Reply<Operation>;

  constructor(operation: Operation, patience: Patience, since: number, reply: Reply<Operation>) {
    this.operation = operation;
    this.patience = patience;
    this.since = Math.floor(since);
    this.reply = reply;
  }

  /** It is sent now, unless that is not worth anything any more. To be asked once. */
  sends(now: number): boolean {
    return this.patience.sendBy > now && this.reply.sending();
  }

  /** What it adds to a batch that the operations of locks with short names do not. */
  get length(): number {
    const { operation } = this;
    if (operation.kind === 'acquireAll') {
      return operation.members.reduce(
        (length, { key, token }) => length + WEIGHT_OF_A_MEMBER + key.length + token.length,
        0,
      );
    }
    return operation.key.length + ('token' in operation ? operation.token.length : 0);
  }
}

/** One failure for all: the stack of each would cost more than its operation. */
export function failAll(entries: readonly Entry[], failure: Failure): void {
  for (const { reply } of entries) reply.failed(failure);
}
