/** What is needed of an AbortSignal; also one of another realm, or a polyfill. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Who ends when a signal is aborted. */
export interface Abortable {
  abort(reason: unknown): void;
}

/**
 * One listener on each signal, however many wait with it: a signal warns of the eleventh listener,
 * and looks through all of them to remove one.
 */
const attendances = new WeakMap<AbortSignalLike, Attendance>();

class Attendance {
  readonly #signal: AbortSignalLike;
  readonly #members = new Set<Abortable>();
  readonly #onAbort = (): void => {
    const members = [...this.#members];
    this.#end();
    const { reason } = this.#signal;
    for (const member of members) member.abort(reason);
  };

  constructor(signal: AbortSignalLike) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
  }

  add(member: Abortable): void {
    this.#members.add(member);
  }

  remove(member: Abortable): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.#end();
  }

  #end(): void {
    this.#members.clear();
    attendances.delete(this.#signal);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

/** From now on `member` is told when the signal is aborted. */
export function attend(signal: AbortSignalLike, member: Abortable): void {
  let attendance = attendances.get(signal);
  if (attendance === undefined) {
    attendance = new Attendance(signal);
    attendances.set(signal, attendance);
  }
  attendance.add(member);
}

export function leave(signal: AbortSignalLike, member: Abortable): void {
  attendances.get(signal)?.remove(member);
}
