import type { Action } from './action.js';
import type { Party } from './party.js';
import type { World } from './world.js';

/** Everything that can happen next. */
export function choices(world: World): Action[] {
  const actions = [...deliveries(world), ...ofCallers(world), ...faults(world)];
  if (world.left.passes > 0 && world.next < Infinity)
    actions.push({ kind: 'pass', party: 0, place: 0 });
  return actions;
}

/** What happens by itself, sooner or later, in a world where nothing breaks any more. */
export function deliveries(world: World): Action[] {
  const actions: Action[] = [];
  for (const [party, { session, alive, clock }] of world.parties.entries()) {
    for (const [place, { outcome }] of session.requests.entries()) {
      actions.push({ kind: outcome === undefined ? 'serve' : 'answer', party, place });
    }
    if (session.isGhost) actions.push({ kind: 'notice', party, place: 0 });
    if (!alive) continue;
    if (session.messages.length > 0) actions.push({ kind: 'hear', party, place: 0 });
    if (session.subscribing) actions.push({ kind: 'subscribe', party, place: 0 });
    if (session.disconnected) actions.push({ kind: 'restore', party, place: 0 });
    if (clock.isDue) actions.push({ kind: 'wake', party, place: 0 });
  }
  return actions;
}

function ofCallers({ parties, shape, left }: World): Action[] {
  const actions: Action[] = [];
  for (const [party, { calls, alive }] of parties.entries()) {
    if (!alive) continue;
    // The lockers are alike: which of them begins makes no difference.
    const before = parties[party - 1];
    const mayBegin = before === undefined || before.calls.length > 0 || !before.alive;
    if (calls.length < shape.calls && mayBegin) {
      for (let place = 0; place < shape.locks; place += 1)
        actions.push({ kind: 'acquire', party, place });
    }
    for (const [place, { state, aborted, renewing }] of calls.entries()) {
      if (state === 'waiting' && !aborted && left.aborts > 0)
        actions.push({ kind: 'abort', party, place });
      if (state !== 'held') continue;
      actions.push({ kind: 'release', party, place });
      if (!renewing && left.renewals > 0) actions.push({ kind: 'renew', party, place });
    }
  }
  return actions;
}

function faults({ parties, left }: World): Action[] {
  const actions: Action[] = [];
  for (const [party, { session, alive, calls }] of parties.entries()) {
    if (!alive) continue;
    if (left.crashes > 0 && calls.length > 0) actions.push({ kind: 'crash', party, place: 0 });
    if (left.cuts > 0) {
      for (const [place, { awaited }] of session.requests.entries()) {
        if (awaited) actions.push({ kind: 'cut', party, place });
      }
    }
    if (left.breaks > 0 && canBreak(session)) actions.push({ kind: 'break', party, place: 0 });
  }
  return actions;
}

function canBreak(session: Party['session']): boolean {
  return session.listening || session.subscribing || session.messages.length > 0;
}
