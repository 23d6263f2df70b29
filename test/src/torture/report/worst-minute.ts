import type { Gap } from '../history/gaps.js';
import type { Outcome } from '../torture.js';

export interface Window {
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;
/** So many faults weigh as much as the longest gap. */
const WEIGHT_OF_GAP = 5;

/** The minute with the most faults; the longest gap counts as several. */
export function worstMinute({ faults, begin, options }: Outcome, gap: Gap | undefined): Window {
  const end = begin + options.duration;
  const length = Math.min(MINUTE, options.duration);
  const weightOf = ({ from, to }: Window): number => {
    const hits = faults.filter((fault) => fault.from >= from && fault.to <= to).length;
    const hasGap = gap !== undefined && gap.from >= from && gap.to <= to;
    return hits + (hasGap ? WEIGHT_OF_GAP : 0);
  };
  let worst: Window = { from: begin, to: begin + length };
  for (let from = begin; from + length <= end; from += 1_000) {
    const window = { from, to: from + length };
    if (weightOf(window) > weightOf(worst)) worst = window;
  }
  return worst;
}
