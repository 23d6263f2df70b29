import { Acquires } from './acquires.js';
import { follow, listen } from './channels.js';
import { groupOf } from './groups.js';
import { Holds } from './holds.js';
import type { Means } from './means.js';
import { ATTRIBUTE } from './names.js';
import { Waits } from './waits.js';

/** Listens to all that is told; returns how to end it. */
export function beginListening(means: Means): () => void {
  const waits = new Waits();
  const acquires = new Acquires(means, waits);
  const holds = new Holds(means, acquires);
  const ends = [
    waits.begin(),
    follow('holdfast:acquire', acquires),
    follow('holdfast:hold', holds),
    listen('holdfast:renewal', ({ token, lockName, outcome }) => {
      const ungrouped = { lockNames: [lockName], group: undefined };
      const group = holds.groupOf(token) ?? groupOf(ungrouped, means.config().group);
      means.instruments().renewals.add(1, { ...group, [ATTRIBUTE.outcome]: outcome });
    }),
  ];
  return () => {
    for (const end of ends) end();
    acquires.forget();
    holds.forget();
  };
}
