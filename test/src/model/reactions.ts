import type { Action, Reaction } from './action.js';
import type { Party } from './party.js';
import type { World } from './world.js';

/** Each action as it is, and with what may be done meanwhile by those who are called back. */
export function withReactions(world: World, actions: readonly Action[]): Action[] {
  const { react = [] } = world.shape;
  if (react.length === 0 || world.left.reactions === 0) return [...actions];
  return actions.flatMap((action) => {
    const { kind, party, place } = action;
    const possible = react.filter((reaction) =>
      mayFollow(reaction, action, world.parties[party] as Party),
    );
    return [action, ...possible.map((reaction) => ({ kind, party, place, reaction }))];
  });
}

/** Whether somebody may be called back who could do that. */
function mayFollow(
  reaction: Reaction,
  { kind, place }: Action,
  { session, calls, closing }: Party,
): boolean {
  const handOff = kind === 'hear' && session.wake.find(place).messages[0]?.kind === 'grant';
  const loss =
    ['answer', 'wake', 'close', 'hear'].includes(kind) &&
    calls.some(({ state, hold }) => state === 'held' && hold !== undefined);
  switch (reaction) {
    case 'abort':
      return handOff;
    case 'close':
      return (handOff || loss) && !closing && kind !== 'close';
    case 'acquire':
    case 'release':
      return loss;
  }
}
