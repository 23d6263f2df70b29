import type { Call } from './call.js';
import type { Party } from './party.js';
import type { Request } from './request.js';
import type { World } from './world.js';

/**
 * Whether a locker has done all that it may, and nothing that still happens to it makes a difference to anybody: its
 * calls are over, nobody knows a token of it, and no timer is set. What comes on its channels, and what becomes of them,
 * is not looked into any more; only an ending has it happen. Without this, half of all states differ in nothing else.
 */
export function isThrough(world: World, party: Party): boolean {
  const { shape, left, letters, server, former } = world;
  const { alive, closing, calls, session, clock, name } = party;
  const mayGoOn =
    left.closes + left.forces + left.handOvers + left.shares + letters.length > 0 ||
    // With what was lost, others may come to know its tokens again.
    left.losses + left.flushes + left.returns > 0;
  const asked = calls.filter(({ token }) => shape.sets !== undefined || token !== undefined);
  if (mayGoOn || !alive || closing || asked.length < shape.calls) return false;
  const { requests, wake } = session;
  if (!calls.every(({ state }) => state === 'done')) {
    // A belief is over when the lock is given back, and with nothing that could go wrong, the answer tells nothing new.
    const isSure = left.cuts + left.passes + left.promotions === 0 && former === undefined;
    if (!isSure || !calls.every((call) => isGivenBack(call, requests))) return false;
    if (clock.isDue) return false;
  } else if (requests.length > 0 || clock.timers > 0) {
    return false;
  }
  const isTold = wake.all.some(({ messages }) => messages.some(({ kind }) => kind === 'grant'));
  return !isTold && !server.knows(name) && former?.server.knows(name) !== true;
}

/** It is over, or the server has said that it is. */
function isGivenBack(call: Call, requests: readonly Request[]): boolean {
  const { state, token } = call;
  const own = requests.filter(({ operation }) => 'token' in operation && operation.token === token);
  if (state === 'done') return own.length === 0;
  const [release, ...others] = own;
  if (state !== 'releasing' || others.length > 0 || requests.length > 1) return false;
  const outcome = release?.outcome;
  return outcome?.kind === 'released' && !outcome.more;
}
