/** How outcomes are numbered in the script's reply: an integer is read faster than a word. */
export const OUTCOME = {
  granted: 1,
  waiting: 2,
  busy: 3,
  foreign: 4,
  renewed: 5,
  released: 6,
  lost: 7,
  cancelled: 8,
  error: 9,
} as const;
