import type { Action } from './action.js';
import type { World } from './world.js';

/** What can go wrong next, with the server and these lockers. */
export function disturbances({ left, server }: World, lockers: World['active']): Action[] {
  const actions: Action[] = [];
  for (const [party, { session, alive, calls }] of lockers) {
    if (!alive) continue;
    const add = (kind: Action['kind'], place = 0): void => {
      actions.push({ kind, party, place });
    };
    if (left.crashes > 0 && calls.length > 0) add('crash');
    for (const [place, { sent, awaited, outcome, operation }] of session.requests.entries()) {
      if (sent && outcome === undefined && server.slot !== undefined) {
        for (const slot of server.slot.stepsBefore(operation, left.moves > 0))
          actions.push({ kind: 'serve', party, place, slot });
      }
      if (!awaited) continue;
      if (sent && left.cuts > 0) add('cut', place);
      if (outcome !== undefined) continue;
      if (left.unsents > 0) add('unsent', place);
      if (sent && left.refusals > 0) add('refuse', place);
    }
    if (left.reconnects > 0 && calls.length > 0) add('reconnect');
    for (const { number } of session.wake.all) if (left.breaks > 0) add('break', number);
    if (session.wake.works) {
      if (left.drops > 0) add('drop');
      if (left.deafs > 0) add('deafen');
    }
  }
  const { reigns } = server;
  if (left.losses > 0) {
    for (const place of reigns.remainders) actions.push({ kind: 'lose', party: 0, place });
  }
  if (left.flushes > 0) actions.push({ kind: 'flush', party: 0, place: 0 });
  if (left.returns > 0 && reigns.mayReturn) actions.push({ kind: 'return', party: 0, place: 0 });
  if (left.moves > 0 && server.slot?.moving === false)
    actions.push({ kind: 'move', party: 0, place: 0 });
  if (left.promotions > 0) actions.push({ kind: 'promote', party: 0, place: 0 });
  if (left.failovers > 0) actions.push({ kind: 'fail over', party: 0, place: 0 });
  return actions;
}
