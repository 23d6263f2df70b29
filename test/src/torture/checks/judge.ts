import type { History } from '../history/history.js';
import { alarms } from './alarms.js';
import { answers } from './answers.js';
import { calm } from './calm.js';
import { fencing, unique } from './fencing.js';
import { idleness } from './idleness.js';
import { keeping } from './keeping.js';
import { leftovers } from './leftovers.js';
import { order } from './order.js';
import { overlaps } from './overlaps.js';
import { refusals, register } from './register.js';
import type { Check, Violation } from './violation.js';

/** Each by the name that a violation gets. */
const CHECKS: Readonly<Record<string, Check>> = {
  overlap: overlaps,
  'fencing token': fencing,
  'fencing token given twice': unique,
  'stale write accepted': register,
  'write refused': refusals,
  'lock taken away': keeping,
  order,
  'no answer': answers,
  'idle lock': idleness,
  'no reason': calm,
  alarm: alarms,
  'left behind': leftovers,
};

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Where the server loses its data these may happen, without a grace. */
  readonly overlaps: number;
}

/** Whether the history keeps every promise. */
export function judge(history: History): Verdict {
  const found = Object.entries(CHECKS).flatMap(([check, look]) =>
    Array.from(look(history), (violation): Violation => ({ check, ...violation })),
  );
  const overlapping = found.filter(({ check }) => check === 'overlap').length;
  const excludes = history.keepsData || (history.grace ?? 0) > 0;
  const violations = excludes ? found : found.filter(({ check }) => check !== 'overlap');
  return { violations, overlaps: overlapping };
}
