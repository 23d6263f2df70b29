import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** Traces as lines: each span under that whose child it is, in the order in which they began. */
export function treesOf(spans: readonly ReadableSpan[]): string[] {
  return linesOf(spans, undefined, '');
}

function linesOf(
  spans: readonly ReadableSpan[],
  parent: string | undefined,
  indent: string,
): string[] {
  const lines: string[] = [];
  const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent);
  for (const span of children.toSorted(byStart)) {
    const { 'holdfast.outcome': outcome } = span.attributes;
    lines.push(indent + span.name + (outcome === undefined ? '' : `, ${String(outcome)}`));
    lines.push(...linesOf(spans, span.spanContext().spanId, `${indent}  `));
  }
  return lines;
}

function byStart(one: ReadableSpan, other: ReadableSpan): number {
  const [seconds, nanoseconds] = one.startTime;
  return seconds - other.startTime[0] || nanoseconds - other.startTime[1];
}
