import type { AcquireTrace, LockHolder } from '@holdfast/core';
import {
  type Attributes,
  context,
  type Span,
  type SpanContext,
  type UpDownCounter,
} from '@opentelemetry/api';
import type { Following } from './channels.js';
import { describe, titleOf } from './description.js';
import { fail } from './failure.js';
import { groupOf } from './groups.js';
import type { Means } from './means.js';
import { ATTRIBUTE } from './names.js';
import { attributesOf, type Waits } from './waits.js';

/** A call that has not come to its end. */
interface Open {
  readonly span: Span;
  readonly group: Attributes;
  readonly since: number;
  /**
   * The one that it was counted in: another provider has one of its own. Undefined: it waits for nobody,
   * but adopts a lock.
   */
  readonly active: UpDownCounter | undefined;
}

/** What ends a call and is no fault: it only tried, or was told to give up. */
const EXPECTED: ReadonlySet<string> = new Set(['granted', 'busy', 'aborted']);

/** The calls that ask for locks: a span for each, in the context of the caller, and how long they wait. */
export class Acquires implements Following<AcquireTrace> {
  readonly #means: Means;
  readonly #waits: Waits;
  readonly #open = new Map<AcquireTrace, Open>();
  /** Of what was acquired, for the span of its hold. */
  readonly #spans = new WeakMap<object, SpanContext>();

  constructor(means: Means, waits: Waits) {
    this.#means = means;
    this.#waits = waits;
  }

  begins(message: AcquireTrace): void {
    const { group: grouping, lockNames: mayName = false } = this.#means.config();
    const { operation, lockNames } = message;
    const group = groupOf(message, grouping);
    const attributes = describe(lockNames, group, mayName);
    const span = this.#means
      .tracer()
      .startSpan(titleOf(operation, group), { attributes }, context.active());
    const { acquireActive } = this.#means.instruments();
    const active = operation === 'acquire' ? acquireActive : undefined;
    active?.add(1, group);
    this.#open.set(message, { span, group, since: performance.now(), active });
  }

  ended(message: AcquireTrace): void {
    const open = this.#open.get(message);
    if (open === undefined) return;
    this.#open.delete(message);
    const { span, group, since, active } = open;
    const { result, error } = message;
    const outcome = outcomeOf(message);
    if (active !== undefined) {
      active.add(-1, group);
      const seconds = (performance.now() - since) / 1_000;
      const attributes = { ...group, [ATTRIBUTE.outcome]: outcome };
      this.#means.instruments().acquireDuration.record(seconds, attributes);
    }
    span.setAttribute(ATTRIBUTE.outcome, outcome);
    if (result !== undefined) {
      this.#waits.tell(span, result);
      this.#spans.set(result, span.spanContext());
    } else {
      span.setAttributes(attributesOf((error as { holder?: LockHolder } | undefined)?.holder));
    }
    const { lockNames: mayName = false } = this.#means.config();
    if (!EXPECTED.has(outcome)) fail(span, error, mayName);
    span.end();
  }

  spanOf(held: object): SpanContext | undefined {
    return this.#spans.get(held);
  }

  /** Nobody listens any more. */
  forget(): void {
    for (const { span, group, active } of this.#open.values()) {
      active?.add(-1, group);
      span.end();
    }
    this.#open.clear();
  }
}

/** Who only tries finds a lock busy, which is no timeout. */
function outcomeOf({ outcome = 'unreachable', waitTimeout }: AcquireTrace): string {
  return outcome === 'timeout' && waitTimeout === 0 ? 'busy' : outcome;
}
