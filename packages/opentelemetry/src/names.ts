/** The attributes of spans and metrics. */
export const ATTRIBUTE = {
  /** Of all of them, if the lock has one. */
  group: 'holdfast.lock.group',
  outcome: 'holdfast.outcome',
  /** Of losses, and of the spans of locks that were lost. */
  lossReason: 'holdfast.loss.reason',
  /** Of spans. Who has waited names that of the holder. */
  fencingToken: 'holdfast.lock.fencing_token',
  count: 'holdfast.lock.count',
  /** Of spans, only where they are asked for. */
  lockNames: 'holdfast.lock.names',
  /** Who was in the way. */
  holderOwner: 'holdfast.holder.owner',
  holderFencingToken: 'holdfast.holder.fencing_token',
  /** What kept a lost lock from being renewed. */
  suspect: 'holdfast.loss.suspect',
  /** The `code` of the error. */
  errorType: 'error.type',
} as const;

/** The instruments. Durations in seconds. */
export const METRIC = {
  acquireDuration: 'holdfast.acquire.duration',
  acquireActive: 'holdfast.acquire.active',
  holdDuration: 'holdfast.hold.duration',
  holdActive: 'holdfast.hold.active',
  losses: 'holdfast.losses',
  renewals: 'holdfast.renewals',
} as const;
