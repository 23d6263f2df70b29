import type { Hold } from '../../../packages/core/dist/engine/hold/hold.js';
import { holdsOf } from './call.js';
import { TTL } from './party.js';
import { fit } from './server.js';
import type { World } from './world.js';

/** With a grace, a holder loses its lock to time alone. */
function isForsaken({ shape }: World, hold: Hold): boolean {
  if (shape.grace === undefined || !hold.isLost || hold.leaseEnd === undefined) return false;
  return hold.loss.reason === 'gone' || hold.loss.reason === 'taken';
}

/**
 * Who takes part in an acquisition that another has given back learns it at the next renewal. Until then
 * the belief is no longer than what was left of it.
 */
function isRemainder({ server, shape, now }: World, hold: Hold): boolean {
  const ended = server.ended.get(`${hold.token} ${hold.fencingToken}`);
  return shape.shares !== undefined && ended !== undefined && now + hold.remaining <= ended + TTL;
}

function isSame(one: Hold, other: Hold): boolean {
  return one.token === other.token && one.fencingToken === other.fencingToken;
}

/** The law that does not hold in this state, if there is one. */
export function broken(world: World): string | undefined {
  if (world.server.broken !== undefined) return world.server.broken;
  if (world.former?.server.broken !== undefined) return world.former.server.broken;
  const believers = new Map<string, { readonly name: string; readonly hold: Hold }[]>();
  for (const { session, calls, alive, closing, name } of world.parties) {
    if (session.conduct.broken !== undefined) return session.conduct.broken;
    if (!alive) continue;
    for (const call of calls) {
      for (const hold of holdsOf(call)) {
        const { name: lock, token, fencingToken } = hold;
        // It learns it by its next renewal.
        if (world.server.robbed.has(`${token} ${fencingToken}`)) continue;
        // Nor was it told by a master that is one: what that said is over with the lease.
        if (world.former?.vouches(hold) === true) continue;
        if (isForsaken(world, hold)) return `${name} has lost ${lock}, which it believed in alone`;
        if (!hold.held) continue;
        if (isRemainder(world, hold)) continue;
        const others = believers.get(lock) ?? [];
        // Those who take part in one acquisition are one holder.
        const isPart = others.some((one) => isSame(one.hold, hold));
        const all = isPart ? others : [...others, { name, hold }];
        believers.set(lock, all);
        if (!fit(all.map((one) => one.hold.room))) {
          return `${all.map((one) => one.name).join(' and ')} believe that they hold ${lock}`;
        }
        const belief = `${name} believes that it holds ${lock}`;
        if (closing) return `${belief}, though it was closed`;
        if (call.state !== 'held') return `${belief}, which it gave back`;
        if (holdsOf(call).some(({ isLost }) => isLost)) return `${belief}, but has lost another`;
        // What a server that loses its data knows of it is not what counts.
        if (world.server.reigns.losses > 0 || world.shape.shares !== undefined) continue;
        const leases = world.server.leases(lock, world.now);
        if (!leases.some((one) => one.token === token && one.fencingToken === fencingToken)) {
          const holders = leases.map((one) => one.token).join(' and ');
          return `${belief}, which is ${holders === '' ? 'nobody' : holders}'s`;
        }
      }
    }
  }
  return undefined;
}
