/**
 * How the script numbers outcomes in its reply: an integer is read faster than a word. Any higher
 * number is a fencing token: the lock was granted under it.
 */
export const OUTCOME = {
  granted: 1,
  waiting: 2,
  busy: 3,
  foreign: 4,
  released: 5,
  handedOff: 6,
  lost: 7,
  cancelled: 8,
  renewed: 9,
  deaf: 10,
  advanced: 11,
  /** As those without the ending, and there are still waiters to be looked at. */
  releasedMore: 12,
  cancelledMore: 13,
  advancedMore: 14,
  /** Taken from its holder; how it was given back stands behind. */
  forced: 15,
  full: 16,
  /** To somebody, and there may be others who can be let in. */
  handedOffMore: 17,
  grantedMore: 18,
  /** Taken from its holder, who stands behind, by one that asked for it. */
  stolen: 19,
  /** Renewed; it was lost with the data, and written back. */
  reclaimed: 20,
  /** In place of a list: all that was asked for is renewed or given back. The highest one. */
  done: 21,
} as const;
