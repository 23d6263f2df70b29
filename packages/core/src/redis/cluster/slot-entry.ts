import { Entry } from '../commit/entry.js';
import type { Operation, Patience, Reply } from '../../store/port.js';

/**
 * How it is sent.
 *
 * - `together`: with others of its slot, in one script.
 * - `alone`: with the lock as its only key, as it can be answered while the slot is on its way.
 * - `asking`: the same at the node that the slot goes to.
 */
export type Manner = 'together' | 'alone' | 'asking';

/** An operation on its way to the master that serves its slot. */
export class SlotEntry extends Entry {
  readonly slot: number;
  manner: Manner = 'together';
  /** How often it was sent on to another node. */
  hops = 0;

  constructor(
    operation: Operation,
    patience: Patience,
    since: number,
    reply: Reply<Operation>,
    slot: number,
  ) {
    super(operation, patience, since, reply);
    this.slot = slot;
  }

  /** Whether it can be sent with its lock as the only key. */
  get canGoAlone(): boolean {
    const { operation } = this;
    return operation.kind === 'renew' && operation.room === undefined;
  }
}
