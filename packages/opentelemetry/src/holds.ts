import { type HoldTrace, type Lock, LockLostError, type LockSet } from '@holdfast/core';
import { type Attributes, context, type Span, trace, type UpDownCounter } from '@opentelemetry/api';
import type { Acquires } from './acquires.js';
import type { Following } from './channels.js';
import { describe, titleOf } from './description.js';
import { fail } from './failure.js';
import { groupOf } from './groups.js';
import type { Means } from './means.js';
import { ATTRIBUTE } from './names.js';

/** A lock that is held. */
interface Open {
  readonly span: Span;
  readonly group: Attributes;
  readonly since: number;
  readonly count: number;
  /** The one that it was counted in: another provider has one of its own. */
  readonly active: UpDownCounter;
}

/**
 * The locks that are held: a span for each, beside that of the call that got it, and around the work that
 * is called under it; and for how long.
 */
export class Holds implements Following<HoldTrace> {
  readonly #means: Means;
  readonly #acquires: Acquires;
  readonly #open = new Map<HoldTrace, Open>();
  /** By token. */
  readonly #groups = new Map<string, Attributes>();

  constructor(means: Means, acquires: Acquires) {
    this.#means = means;
    this.#acquires = acquires;
  }

  begins(message: HoldTrace): void {
    const { group: grouping, lockNames: mayName = false } = this.#means.config();
    const { lock, lockNames, run } = message;
    const group = groupOf(message, grouping);
    const attributes = {
      ...describe(lockNames, group, mayName),
      ...('locks' in lock ? {} : { [ATTRIBUTE.fencingToken]: lock.fencingToken }),
    };
    const acquired = this.#acquires.spanOf(lock);
    const links = acquired === undefined ? [] : [{ context: acquired }];
    const span = this.#means
      .tracer()
      .startSpan(titleOf('hold', group), { attributes, links }, context.active());
    message.run = (work) => run(() => context.with(trace.setSpan(context.active(), span), work));
    const active = this.#means.instruments().holdActive;
    const count = lockNames.length;
    active.add(count, group);
    for (const token of tokensOf(lock)) this.#groups.set(token, group);
    this.#open.set(message, { span, group, since: performance.now(), count, active });
  }

  ended(message: HoldTrace): void {
    const open = this.#open.get(message);
    if (open === undefined) return;
    this.#open.delete(message);
    const { span, group, since, count, active } = open;
    const { lock, outcome = 'released', error } = message;
    const { holdDuration, losses } = this.#means.instruments();
    const seconds = (performance.now() - since) / 1_000;
    active.add(-count, group);
    holdDuration.record(seconds, { ...group, [ATTRIBUTE.outcome]: outcome });
    for (const token of tokensOf(lock)) this.#groups.delete(token);
    span.setAttribute(ATTRIBUTE.outcome, outcome);
    if (error instanceof LockLostError) {
      const { reason, facts } = error;
      losses.add(1, { ...group, [ATTRIBUTE.lossReason]: reason });
      span.setAttribute(ATTRIBUTE.lossReason, reason);
      if (facts?.suspect !== undefined) span.setAttribute(ATTRIBUTE.suspect, facts.suspect);
    }
    if (error !== undefined) fail(span, error, this.#means.config().lockNames ?? false);
    span.end();
  }

  /** The group of a lock that is held; undefined: it is not known here. */
  groupOf(token: string): Attributes | undefined {
    return this.#groups.get(token);
  }

  /** Nobody listens any more. */
  forget(): void {
    for (const { span, group, count, active } of this.#open.values()) {
      active.add(-count, group);
      span.end();
    }
    this.#open.clear();
    this.#groups.clear();
  }
}

function tokensOf(held: Lock | LockSet): readonly string[] {
  return 'locks' in held ? [...held.locks.values()].map(({ token }) => token) : [held.token];
}
