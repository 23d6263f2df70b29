/** What is so of Holdfast, whatever it is asked for. */
export const HOLDFAST = {
  role: 'holdfast',
  waits: 'woken',
  renews: 'always',
  sends: ['evalsha'],
} as const;
