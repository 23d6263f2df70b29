import type { Action } from './action.js';
import type { Call } from './call.js';
import { Former } from './former.js';
import type { Party } from './party.js';
import type { Request } from './request.js';
import type { World } from './world.js';

/** Does what the action says, and takes it from what may still happen. */
export function take(world: World, { kind, party: index, place }: Action): void {
  const { left, server, letters, parties } = world;
  const party = parties[index] as Party;
  const { session } = party;
  const call = party.calls[place] as Call;
  const request = session.requests[place] as Request;
  switch (kind) {
    case 'acquire':
      party.acquire(`lock-${place}`);
      break;
    case 'acquire all':
      party.acquireAll((world.shape.sets?.[index] ?? []).map((lock) => `lock-${lock}`));
      break;
    case 'abort':
      left.aborts -= 1;
      party.abort(call);
      break;
    case 'renew':
      left.renewals -= 1;
      party.renew(call);
      break;
    case 'release':
      party.release(call);
      break;
    case 'hand over':
      left.handOvers -= 1;
      letters.push(party.handOver(call));
      break;
    case 'adopt':
      for (const letter of letters.splice(place, 1)) party.adopt(letter);
      break;
    case 'close':
      left.closes -= 1;
      party.close();
      break;
    case 'crash':
      left.crashes -= 1;
      party.crash();
      break;
    case 'wake':
      party.clock.ring();
      break;
    case 'send':
      session.send(request);
      break;
    case 'serve':
      session.serve(request, world.now);
      break;
    case 'answer':
      world.former?.answers(session, request);
      session.answer(request);
      break;
    case 'cut':
      left.cuts -= 1;
      session.cut(request);
      break;
    case 'unsent':
      left.unsents -= 1;
      session.unsent(request);
      break;
    case 'refuse':
      left.refusals -= 1;
      session.refuse(request);
      break;
    case 'reconnect':
      left.reconnects -= 1;
      session.restore();
      break;
    case 'restore':
      session.restore();
      break;
    case 'subscribe':
      session.wake.subscribe(place);
      break;
    case 'hear':
      world.former?.says(session, session.wake.find(place).messages[0]);
      session.wake.hear(place);
      break;
    case 'break':
      left.breaks -= 1;
      session.breakWake(place);
      break;
    case 'drop':
      left.drops -= 1;
      session.wake.deafen(true);
      break;
    case 'deafen':
      left.deafs -= 1;
      session.wake.deafen(false);
      break;
    case 'notice':
      server.subscriptions.notice(party.name);
      break;
    case 'fail over':
      left.failovers -= 1;
      server.subscriptions.failOver();
      for (const { session: each } of parties) each.wake.everBroke = true;
      break;
    case 'move':
      left.moves -= 1;
      arrive(world);
      break;
    case 'arrive':
      arrive(world);
      break;
    case 'promote':
      left.promotions -= 1;
      promote(world);
      break;
    case 'learn':
      session.turnTo(server, world.shape.former === 'its answers');
      break;
    case 'lose':
      left.losses -= 1;
      server.reigns.restart(place);
      world.now += 1;
      break;
    case 'flush':
      left.flushes -= 1;
      server.reigns.flush();
      world.now += 1;
      break;
    case 'return':
      left.returns -= 1;
      server.reigns.return();
      world.now += 1;
      break;
    case 'share':
      left.shares -= 1;
      letters.push(party.share(call));
      break;
    case 'force':
      left.forces -= 1;
      party.force(`lock-${place}`);
      break;
    case 'pass':
      left.passes -= 1;
      world.now = world.next;
  }
}

/** A replica that has all takes the place of the master, which goes on, and those who ask it do not know. */
function promote(world: World): void {
  world.former = new Former(world.server, world.parties);
  world.server = world.server.successor(world.shape.former === 'its channels');
  for (const { session } of world.parties) session.wake.everBroke = true;
}

/** The slot is at the other master. */
function arrive({ server, parties }: World): void {
  server.finishMove();
  for (const { session } of parties) session.wake.everBroke = true;
}
