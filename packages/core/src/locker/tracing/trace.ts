import type { AbortSignalLike } from '../../engine/claim/abort.js';
import { waitOutcomeOf } from '../../engine/claim/wait-outcome.js';
import { LockLostError } from '../../errors.js';
import type { Held } from '../context/call.js';
import { HoldFollower } from './hold-follower.js';
import type { AcquireOutcome, AcquireTrace } from './messages.js';
import { acquireTracing, holdTracing } from './tracing-topic.js';

/** What a call asks for. */
interface Asked {
  readonly group: string | undefined;
  /** In ms; Infinity: no limit. */
  readonly waitTimeout?: number;
  readonly signal?: AbortSignalLike | undefined;
}

/** Whether anybody wants to know of a call that is made now, and of what comes of it. */
export function isTraced(): boolean {
  return acquireTracing.heard || holdTracing.heard;
}

/** Tells of a call, and then of the lock that it gets, if anybody listens. */
export function traced<H extends Held>(
  operation: AcquireTrace['operation'],
  lockNames: readonly string[],
  asked: Asked,
  acquire: () => Promise<H>,
): Promise<H> {
  return isTraced() ? tell(operation, lockNames, asked, acquire) : acquire();
}

async function tell<H extends Held>(
  operation: AcquireTrace['operation'],
  lockNames: readonly string[],
  asked: Asked,
  acquire: () => Promise<H>,
): Promise<H> {
  const { group, waitTimeout = Infinity, signal } = asked;
  const message: AcquireTrace = {
    operation,
    lockNames,
    group,
    waitTimeout: waitTimeout === Infinity ? undefined : waitTimeout,
  };
  const held = await acquireTracing.trace(message, async () => {
    try {
      const got = await acquire();
      message.outcome = 'granted';
      return got;
    } catch (error) {
      message.outcome = outcomeOf(error, signal);
      throw error;
    }
  });
  // The context is that of the caller again: what is bound to the one channel is not for the other.
  if (holdTracing.heard) held.follower = new HoldFollower(message, held);
  return held;
}

function outcomeOf(error: unknown, signal: AbortSignalLike | undefined): AcquireOutcome {
  if (signal?.aborted === true && signal.reason === error) return 'aborted';
  return error instanceof LockLostError ? 'lost' : waitOutcomeOf(error);
}
