import { systemClock } from '../../../packages/core/dist/runtime/clock.js';
import type { Operation, OutcomeOf, StoreSession } from '../../../packages/core/dist/store/port.js';

const PATIENCE = 5_000;

/** Resolves with the outcome. Whatever keeps it from coming is an error here. */
export function ask<O extends Operation>(
  session: StoreSession,
  operation: O,
): Promise<OutcomeOf<O>> {
  return new Promise((answered, reject) => {
    session.submit(
      operation,
      { urgency: 'asking', sendBy: systemClock.now() + PATIENCE, silence: PATIENCE },
      { sending: () => true, answered, failed: ({ error }) => reject(error) },
    );
  });
}
