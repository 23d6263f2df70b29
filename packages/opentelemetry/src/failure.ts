import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { ATTRIBUTE } from './names.js';

/** Marks a span as failed. The message of an error names the lock: only where that is asked for. */
export function fail(span: Span, error: unknown, mayName: boolean): void {
  const { code, name = 'Error', message } = error as Partial<Error & { code: unknown }>;
  span.setAttribute(ATTRIBUTE.errorType, typeof code === 'string' ? code : name);
  if (mayName && message !== undefined) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  } else {
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
