/**
 * How the script numbers outcomes in its reply: an integer is read faster than a word. Any higher
 * number is a fencing token: the lock was granted or renewed under it.
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
} as const;
