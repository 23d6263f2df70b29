import { Appointment } from '../runtime/agenda.js';
import type {
  Failure,
  ForceReleaseOperation,
  Operation,
  OutcomeOf,
  Patience,
  Reply,
  Urgency,
} from '../store/port.js';
import type { Context } from './context.js';

/** Below this a connection is not given up for being slow, unless all of `commandTimeout` is shorter. */
export const SHORTEST_PATIENCE = 500;

/**
 * The pause before asking again, in ms, from an attempt on: a connection that is lost is mostly
 * replaced soon; what is still wrong then takes longer, and there can be many who ask.
 */
const PAUSES = [
  { from: 1, pause: 50 },
  { from: 5, pause: 250 },
  { from: 21, pause: 2_000 },
] as const;

/** What it takes to ask a store again. */
type Asking = Pick<Context, 'clock' | 'agenda' | 'session' | 'commandTimeout'>;

/**
 * How long to wait for one answer so that a second attempt, on another connection, still fits
 * before `until`.
 */
export function silence({ clock, commandTimeout }: Asking, until: number): number {
  const half = Math.max((until - clock.now()) / 2, SHORTEST_PATIENCE);
  return Math.min(half, commandTimeout / 2);
}

/**
 * Whether the same can succeed later. What was refused for what it is, or for who we are, will be
 * refused again; an answer that did not come and a state of the server will pass. For how long to wait
 * for replicas, the user has said.
 */
export function passes(failure: Failure): boolean {
  if (failure.kind === 'refused') return failure.passing;
  return failure.kind === 'not sent' || failure.kind === 'unanswered';
}

/** The pause after so many attempts. */
export function pauseAfter(attempts: number): number {
  return (PAUSES.findLast(({ from }) => attempts >= from) ?? PAUSES[0]).pause;
}

export interface Answer<O extends Operation> {
  readonly outcome: OutcomeOf<O>;
  /** An earlier attempt may have been applied, too. */
  readonly repeated: boolean;
}

/** How an operation is tried, and tried again. Moments on the monotonic clock. */
export interface Effort {
  readonly urgency: Urgency;
  /** Until then it is tried again, once something went wrong. */
  readonly until: number;
  /** Until then it waits for its turn, as long as the store answers others. Default: `until`. */
  readonly worthUntil?: number;
  /** Also what is refused for good is tried again, since that can be put right. */
  readonly whateverIsSaid?: boolean;
}

/** Who is told what became of an operation that was sent until it was answered. */
export interface Persistent<O extends Operation> {
  answered(answer: Answer<O>): void;
  failed(failure: Failure): void;
}

/** Sends a forced release, once: again only if it was certainly not applied, for a state that passes. */
export function attempt(
  { session, clock, agenda }: Pick<Context, 'session' | 'clock' | 'agenda'>,
  lockName: string,
  operation: ForceReleaseOperation,
  time: number,
): Promise<OutcomeOf<ForceReleaseOperation>> {
  const until = clock.now() + time;
  const patience = { urgency: 'giving back', sendBy: until, silence: time } as const;
  return new Promise((answered, reject) => {
    let attempts = 0;
    let refusal: Failure | undefined;
    const send = (): void => {
      attempts += 1;
      session.submit(operation, patience, { sending: () => true, answered, failed });
    };
    const failed = (failure: Failure): void => {
      const pause = pauseAfter(attempts);
      const again = failure.kind === 'refused' && failure.passing && clock.now() + pause < until;
      if (failure.kind === 'refused') refusal = failure;
      if (again) void agenda.pause(pause).then(send);
      else {
        // What was not sent any more says nothing: the answer before it does.
        const told = failure.kind === 'not sent' ? (refusal ?? failure) : failure;
        reject(told.error.of(lockName, operation.kind));
      }
    };
    send();
  });
}

/** Sends an operation again until it is answered, or time is up. Only for what may be applied twice. */
export function persist<O extends Operation>(
  asking: Asking,
  operation: O,
  effort: Effort,
  persistent: Persistent<O>,
): void {
  new Persistence(asking, operation, effort, persistent).send();
}

class Persistence<O extends Operation> implements Reply<O>, Patience {
  readonly urgency: Urgency;
  /** @inheritDoc Patience.sendBy */
  sendBy: number;
  readonly #asking: Asking;
  readonly #operation: O;
  readonly #effort: Effort;
  readonly #persistent: Persistent<O>;
  #attempts = 0;
  #mayHaveRun = false;

  constructor(asking: Asking, operation: O, effort: Effort, persistent: Persistent<O>) {
    this.urgency = effort.urgency;
    this.sendBy = effort.worthUntil ?? effort.until;
    this.#asking = asking;
    this.#operation = operation;
    this.#effort = effort;
    this.#persistent = persistent;
  }

  get silence(): number {
    return silence(this.#asking, this.#effort.until);
  }

  send(): void {
    this.#attempts += 1;
    this.#asking.session.submit(this.#operation, this, this);
  }

  sending(): boolean {
    return true;
  }

  answered(outcome: OutcomeOf<O>): void {
    this.#persistent.answered({ outcome, repeated: this.#mayHaveRun });
  }

  failed(failure: Failure): void {
    if (failure.kind === 'unanswered') this.#mayHaveRun = true;
    const { clock, agenda } = this.#asking;
    const { until, whateverIsSaid = false } = this.#effort;
    this.sendBy = until;
    const now = clock.now();
    const again = passes(failure) || (whateverIsSaid && failure.kind !== 'closed');
    if (!again || now >= until) {
      this.#persistent.failed(failure);
      return;
    }
    const next = new Appointment(() => {
      if (clock.now() < until) this.send();
      else this.#persistent.failed(failure);
    });
    agenda.schedule(next, Math.min(now + pauseAfter(this.#attempts), until));
  }
}
