import type { Operation } from '../../store/port.js';
import { SCRIPT, SLOTS_SCRIPT } from '../script/index.js';
import { LONE_RENEWAL, type LoneRenewal } from '../script/lone-renewal.js';
import { decode, type Outcome } from './batch-reply.js';
import { encode, encodeSlots, type SlotOperations, type SlotPlace } from './batch.js';

/** How a locker speaks with its server. */
export interface Dialect {
  /** What the server has to know before. */
  readonly script: string;
  /** A renewal of a lock whose slot is on its way. */
  readonly lone: LoneRenewal;
  /** As {@link encode}. */
  encode(operations: readonly Operation[], place?: SlotPlace, self?: string): string[];
  /** As {@link decode}. */
  decode(reply: unknown, operations: readonly Operation[], told?: string[]): (Outcome | Error)[];
  /** How it speaks of several slots of a node at once. Absent: of each by itself. */
  readonly slots?: SlotsDialect;
}

interface SlotsDialect {
  /** As above. */
  readonly script: string;
  /** As {@link encodeSlots}. The reply has for each slot what can be decoded; or null: nothing was done there. */
  encode(slots: readonly SlotOperations[], node: string): string[];
}

export const PLAIN: Dialect = {
  script: SCRIPT,
  lone: LONE_RENEWAL,
  encode,
  decode,
  slots: { script: SLOTS_SCRIPT, encode: encodeSlots },
};
