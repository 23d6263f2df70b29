import type { Violation } from '../checks/violation.js';
import type { History } from '../history/history.js';

const AROUND = 4_000;
const EVENTS = 30;

interface Event {
  readonly at: number;
  readonly text: string;
}

/** A violation, and what happened around it. */
export function storyOf(violation: Violation, history: History): string {
  const { check, lock, at, message } = violation;
  const head = `${check}${lock === undefined ? '' : ` of ${lock}`}: ${message}`;
  if (at === undefined) return head;
  const near = [...eventsOf(history, lock, at)]
    .toSorted((one, other) => Math.abs(one.at - at) - Math.abs(other.at - at))
    .slice(0, EVENTS)
    .toSorted((one, other) => one.at - other.at)
    .map((event) => `  ${(event.at - at).toFixed(3).padStart(10)} ms  ${event.text}`);
  return [head, ...near].join('\n');
}

function* eventsOf(history: History, lock: string | undefined, at: number): Iterable<Event> {
  const slots = new Set<number>();
  for (const belief of history.beliefs.get(lock ?? '') ?? []) {
    const { worker, slot, from, to, how, fencingToken, until } = belief;
    if (from > at + AROUND || until < at - AROUND) continue;
    slots.add(slot);
    const ending = `ends as '${how}', its deadline is at ${(until - at).toFixed(3)} ms`;
    yield { at: from, text: `${worker} begins to believe (${fencingToken}); ${ending}` };
    yield { at: to, text: `${worker} ends to believe (${fencingToken})` };
  }
  for (const call of history.calls) {
    if (call.lock !== lock || call.from > at || (call.to ?? Infinity) < at - AROUND) continue;
    slots.add(call.slot);
    yield { at: call.from, text: `${call.worker} calls ${call.operation}` };
    if (call.to === undefined) continue;
    yield { at: call.to, text: `${call.worker}: ${call.operation} ends with ${call.outcome}` };
  }
  for (const { kind, slot, from, to } of history.disturbances.touching(slots, at, at, AROUND)) {
    yield { at: from, text: `${kind} (${slot}), for ${(to - from).toFixed(0)} ms` };
  }
}
