/** One step of a world. */
export interface Action {
  readonly kind:
    | 'acquire'
    | 'acquire all'
    | 'abort'
    | 'renew'
    | 'release'
    | 'hand over'
    | 'adopt'
    | 'close'
    | 'crash'
    | 'wake'
    | 'send'
    | 'serve'
    | 'answer'
    | 'cut'
    | 'unsent'
    | 'refuse'
    | 'reconnect'
    | 'restore'
    | 'subscribe'
    | 'hear'
    | 'break'
    | 'drop'
    | 'deafen'
    | 'notice'
    | 'fail over'
    | 'promote'
    | 'learn'
    | 'lose'
    | 'move'
    | 'arrive'
    | 'flush'
    | 'return'
    | 'share'
    | 'force'
    | 'pass';
  /** The number of the locker. */
  readonly party: number;
  /**
   * The number of a call, a request, a lock, a letter or a wake channel, where there is one; of what is
   * lost, how many operations are kept.
   */
  readonly place: number;
  /** Of an operation that is served: what the slot does right before. */
  readonly slot?: Step;
  /** What the first one does whom the locker calls back meanwhile. */
  readonly reaction?: Reaction;
}

/**
 * `leaves`: the slot begins to go to the other master, and all keys are still here. `takes the lock`, `takes lock and
 * line`: it has begun, and they are there already, with no other key.
 */
export type Step = 'leaves' | 'takes the lock' | 'takes lock and line';

/**
 * What somebody does whom the locker calls back: a subscriber of `holdfast:hand-off` can abort the
 * wait, a listener on the signal of a lock can ask for another or give it back, and both can close
 * the locker.
 */
export type Reaction = 'abort' | 'acquire' | 'release' | 'close';
