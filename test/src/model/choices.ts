import type { Action } from './action.js';
import { disturbances } from './disturbances.js';
import { withReactions } from './reactions.js';
import type { World } from './world.js';

/** Everything that can happen next. */
export function choices(world: World): Action[] {
  const { active } = world;
  const actions = [
    ...deliveries(world, active),
    ...ofCallers(world),
    ...disturbances(world, active),
  ];
  if (world.left.passes > 0 && world.next < Infinity)
    actions.push({ kind: 'pass', party: 0, place: 0 });
  return withReactions(world, actions);
}

/** What happens by itself to these lockers, sooner or later, in a world where nothing breaks any more. */
export function deliveries({ server, former }: World, lockers: World['active']): Action[] {
  const actions: Action[] = [];
  if (server.slot?.moving === true) actions.push({ kind: 'arrive', party: 0, place: 0 });
  for (const [party, { name, session, alive, clock }] of lockers) {
    for (const [place, { sent, outcome }] of session.requests.entries()) {
      const kind = sent ? (outcome === undefined ? 'serve' : 'answer') : 'send';
      actions.push({ kind, party, place });
    }
    if (server.subscriptions.haunts(name)) actions.push({ kind: 'notice', party, place: 0 });
    if (!alive) continue;
    if (session.server === former?.server) actions.push({ kind: 'learn', party, place: 0 });
    for (const { number: place, subscribing, messages } of session.wake.all) {
      if (messages.length > 0) actions.push({ kind: 'hear', party, place });
      if (subscribing) actions.push({ kind: 'subscribe', party, place });
    }
    if (session.disconnected) actions.push({ kind: 'restore', party, place: 0 });
    if (clock.isDue) actions.push({ kind: 'wake', party, place: 0 });
  }
  return actions;
}

function ofCallers({ parties, shape, left, letters }: World): Action[] {
  const actions: Action[] = [];
  for (const [party, { calls, alive, closing }] of parties.entries()) {
    if (!alive) continue;
    // Where the lockers are alike, it makes no difference which of them begins.
    const areAlike = shape.modes === undefined && shape.sets === undefined;
    const before = areAlike ? parties[party - 1] : undefined;
    const mayBegin = !closing && (before === undefined || before.calls.length > 0 || !before.alive);
    const asked = calls.filter(({ token }) => token !== undefined);
    if (shape.sets !== undefined) {
      if (calls.length < shape.calls && mayBegin)
        actions.push({ kind: 'acquire all', party, place: 0 });
    } else if (asked.length < shape.calls && mayBegin) {
      for (let place = 0; place < shape.locks; place += 1)
        actions.push({ kind: 'acquire', party, place });
    }
    if (mayBegin) {
      for (const place of letters.keys()) actions.push({ kind: 'adopt', party, place });
      if (left.closes > 0 && calls.length > 0) actions.push({ kind: 'close', party, place: 0 });
    }
    if (left.forces > 0 && !closing) {
      for (let place = 0; place < shape.locks; place += 1)
        actions.push({ kind: 'force', party, place });
    }
    for (const [place, { state, signal, aborted, renewing, hold }] of calls.entries()) {
      if (state === 'waiting' && signal !== undefined && !aborted && left.aborts > 0)
        actions.push({ kind: 'abort', party, place });
      if (state !== 'held') continue;
      actions.push({ kind: 'release', party, place });
      if (!renewing && left.renewals > 0) actions.push({ kind: 'renew', party, place });
      if (hold?.held === true && left.handOvers > 0)
        actions.push({ kind: 'hand over', party, place });
      if (hold?.held === true && left.shares > 0) actions.push({ kind: 'share', party, place });
    }
  }
  return actions;
}
