import type { Action } from './action.js';
import { deliveries } from './choices.js';
import { broken } from './laws.js';
import { patience } from './patience.js';
import type { World } from './world.js';

/** More than any ending takes. */
const MOST_STEPS = 2_000;

/**
 * Brings a world to a fair ending: nothing breaks any more, all that is under way arrives, whoever
 * holds a lock gives it back, and time passes only when nothing else can happen. Says what is wrong
 * with that ending, if something is.
 */
export function ending(world: World, taken: (action: Action) => void): string | undefined {
  const most = patience(world);
  const end = world.now + most;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const action = next(world);
    if (action === undefined) return leftBehind(world);
    if (action.kind === 'pass' && world.next > end && !isOnlyRemembered(world)) {
      return `somebody waits for more than ${most} ms, and nothing explains it`;
    }
    taken(action);
    world.take(action);
    const law = broken(world);
    if (law !== undefined) return law;
  }
  return 'it does not come to an end';
}

const PASS: Action = { kind: 'pass', party: 0, place: 0 };

/** The one thing that happens next, undefined: all is done. */
function next(world: World): Action | undefined {
  const [delivery] = deliveries(world, [...world.parties.entries()]);
  if (delivery !== undefined) return delivery;
  for (const [party, { alive, calls }] of world.parties.entries()) {
    const place = alive ? calls.findIndex(({ state }) => state === 'held') : -1;
    if (place !== -1) return { kind: 'release', party, place };
  }
  if (!isUnfinished(world) && world.server.size(world.now) === 0) return undefined;
  return PASS;
}

function isUnfinished({ parties }: World): boolean {
  return parties.some(
    ({ alive, calls, clock, closing, closed }) =>
      alive &&
      (calls.some(({ state }) => state !== 'done') || clock.timers > 0 || closing !== closed),
  );
}

/** A server that has lost data has, perhaps, what is over for everybody else. */
function isOnlyRemembered(world: World): boolean {
  return world.server.reigns.losses > 0 && !isUnfinished(world);
}

function leftBehind(world: World): string | undefined {
  for (const { alive, name, session } of world.parties) {
    if (alive && session.requests.length > 0) return `${name} still has requests under way`;
  }
  return undefined;
}
