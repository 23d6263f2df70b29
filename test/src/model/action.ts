/** One step of a world. `place` is the number of a call, a request or a lock, where there is one. */
export interface Action {
  readonly kind:
    | 'acquire'
    | 'abort'
    | 'renew'
    | 'release'
    | 'crash'
    | 'wake'
    | 'serve'
    | 'answer'
    | 'cut'
    | 'restore'
    | 'subscribe'
    | 'hear'
    | 'break'
    | 'notice'
    | 'pass';
  /** The number of the locker. */
  readonly party: number;
  readonly place: number;
}
