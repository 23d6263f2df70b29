import type { Server } from './server.js';
import type { Operation, Outcomes, Reply } from '../../../packages/core/dist/store/port.js';

/** An operation under way: on the way to the server, or its answer on the way back. */
export interface Request {
  readonly operation: Operation;
  readonly reply: Reply<Operation>;
  /** The operation in words, and what is said of it. */
  readonly asked: string;
  said: string;
  outcome: Outcomes[Operation['kind']] | undefined;
  /** Whom it is for: who was the master when it left. */
  server: Server;
  /** False: it still waits for its turn in its own process. */
  sent: boolean;
  /** False: the sender was told that the connection broke. It may still arrive. */
  awaited: boolean;
}
