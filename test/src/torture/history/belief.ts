import type { Ended, Granted } from './record.js';
import { ALONE, type Share } from './share.js';

/**
 * A time in which a process certainly believed that it held a lock.
 *
 * `held` never turns true again. So a lock that is seen to be held at one moment was held since
 * acquire() returned it, and will be until its deadline, unless something ends it before: a release,
 * a loss, a hand-over, or the death of the process. Each bound lies on the safe side. `from` is taken
 * after the return and before `held` is looked at. The deadline is a moment plus `remaining`, with
 * the moment taken first. The end by a release or a kill is taken before the release or the kill. A
 * process that is stopped goes on believing: nobody told it otherwise.
 */
export interface Belief {
  readonly worker: string;
  readonly slot: number;
  readonly call: number;
  readonly lock: string;
  readonly owner: string;
  readonly fencingToken: number;
  readonly handedOff: boolean;
  readonly share: Share;
  readonly from: number;
  /** Not after `from`: nothing is known but that the lock was granted. */
  readonly to: number;
  readonly how: Ended['how'] | 'killed' | 'ran out';
  /** The deadline, as far as the journal knows. */
  readonly until: number;
  /** When the server can give the lock to the next one, as far as the holder knows. */
  readonly freeAt: number;
}

/** A belief while its journal is read. */
export class OpenBelief {
  readonly granted: Granted;
  #until: number;
  #end = Infinity;
  #how: Belief['how'] = 'ran out';

  constructor(granted: Granted) {
    this.granted = granted;
    this.#until = granted.until;
  }

  extendedTo(until: number): void {
    this.#until = Math.max(this.#until, until);
  }

  endedAt(at: number, how: Belief['how']): void {
    if (at >= this.#end) return;
    this.#end = at;
    this.#how = how;
  }

  close(worker: string, slot: number): Belief {
    const { at, call, lock, owner, fencingToken, ttl, handedOff, share = ALONE } = this.granted;
    const ranOut = this.#until <= this.#end;
    const to = Math.min(this.#until, this.#end);
    const how = ranOut && this.#how !== 'handed over' ? 'ran out' : this.#how;
    const leaseEnd = this.#until + ttl * 0.01 + 2;
    const freeAt = how === 'released' || how === 'closed' ? to : leaseEnd;
    return {
      worker,
      slot,
      call,
      lock,
      owner,
      fencingToken,
      handedOff,
      share,
      from: at,
      to,
      how,
      until: this.#until,
      freeAt,
    };
  }
}
