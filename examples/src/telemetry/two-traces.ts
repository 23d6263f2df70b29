import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { DrawnSpan } from './recording.js';

const FENCING_TOKEN = 'holdfast.lock.fencing_token';
const HOLDER = 'holdfast.holder.fencing_token';

/** The trace of a request that waited for another one, and the trace of that: found by its fencing token. */
export function twoTraces(spans: readonly ReadableSpan[]): DrawnSpan[] {
  const holds = new Map(spans.map((span) => [span.attributes[FENCING_TOKEN], span]));
  const waits = spans.filter((span) => {
    const { name, attributes } = span;
    const isWait = name.startsWith('acquire order') && attributes['holdfast.outcome'] === 'granted';
    const holder = holderOf(span);
    return isWait && holder !== undefined && holds.has(holder) && isShown(span);
  });
  const [wait] = waits.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  const hold = wait && holds.get(holderOf(wait));
  if (wait === undefined || hold === undefined) throw new Error('Nobody has waited.');
  const first = traceOf(spans, hold);
  const begin = Math.min(...first.map(({ startTime }) => milliseconds(startTime)));
  return [first, traceOf(spans, wait)].flatMap((trace, index) => drawn(trace, index, begin));
}

function holderOf({ events }: ReadableSpan): number | undefined {
  return events.find(({ name }) => name === 'wait')?.attributes?.[HOLDER] as number | undefined;
}

/** Of those that waited for one hold, and not for a line. */
function isShown(span: ReadableSpan): boolean {
  return lengthOf(span) > 12 && lengthOf(span) < 25;
}

function lengthOf({ duration }: ReadableSpan): number {
  return milliseconds(duration);
}

function milliseconds([seconds, nanoseconds]: ReadableSpan['startTime']): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

function traceOf(spans: readonly ReadableSpan[], one: ReadableSpan): ReadableSpan[] {
  const { traceId } = one.spanContext();
  return spans.filter((span) => span.spanContext().traceId === traceId);
}

function drawn(trace: readonly ReadableSpan[], index: number, begin: number): DrawnSpan[] {
  const byId = new Map(trace.map((span) => [span.spanContext().spanId, span]));
  const depthOf = ({ parentSpanContext }: ReadableSpan): number => {
    const parent = byId.get(parentSpanContext?.spanId ?? '');
    return parent === undefined ? 0 : depthOf(parent) + 1;
  };
  return trace
    .toSorted(
      (a, b) => milliseconds(a.startTime) - milliseconds(b.startTime) || depthOf(a) - depthOf(b),
    )
    .map((span) => ({
      trace: index,
      depth: depthOf(span),
      name: span.name,
      start: milliseconds(span.startTime) - begin,
      end: milliseconds(span.endTime) - begin,
      outcome: span.attributes['holdfast.outcome'] as string | undefined,
      fencingToken: span.attributes[FENCING_TOKEN] as number | undefined,
      waitedFor: holderOf(span),
    }));
}
