import type { Operation, Outcomes } from './port.js';

type Outcome = Outcomes[Operation['kind']];

/**
 * What a locker with a grace is told beside an outcome: the store's time, in ms, and what is left of a
 * grace, where something is granted, renewed or in the way.
 */
export function timed(outcome: Outcome, at: number, grace: number): Outcome {
  switch (outcome.kind) {
    case 'waiting':
    case 'busy':
    case 'deaf':
    case 'full':
      return { ...outcome, at, grace };
    case 'blocked':
      return outcome.by.kind === 'busy'
        ? { ...outcome, by: { ...outcome.by, at, grace } }
        : outcome;
    case 'granted':
    case 'granted all':
    case 'renewed':
      return { ...outcome, at };
    default:
      return outcome;
  }
}
