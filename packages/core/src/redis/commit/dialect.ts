import type { Operation } from '../../store/port.js';
import { SCRIPT } from '../script/index.js';
import { LONE_RENEWAL, type LoneRenewal } from '../script/lone-renewal.js';
import { decode, type Outcome } from './batch-reply.js';
import { encode, type SlotPlace } from './batch.js';

/** How a locker speaks with its server. */
export interface Dialect {
  /** What the server has to know before. */
  readonly script: string;
  /** A renewal of a lock whose slot is on its way. */
  readonly lone: LoneRenewal;
  /** As {@link encode}. */
  encode(operations: readonly Operation[], place?: SlotPlace): string[];
  /** As {@link decode}. */
  decode(reply: unknown, operations: readonly Operation[]): (Outcome | Error)[];
}

export const PLAIN: Dialect = { script: SCRIPT, lone: LONE_RENEWAL, encode, decode };
