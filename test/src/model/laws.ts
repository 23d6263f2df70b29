import type { Hold } from '../../../packages/core/dist/engine/hold/hold.js';
import { holdsOf } from './call.js';
import { fit } from './server.js';
import type { World } from './world.js';

/** The law that does not hold in this state, if there is one. */
export function broken(world: World): string | undefined {
  if (world.server.broken !== undefined) return world.server.broken;
  const believers = new Map<string, { readonly name: string; readonly hold: Hold }[]>();
  for (const { session, calls, alive, closing, name } of world.parties) {
    if (session.conduct.broken !== undefined) return session.conduct.broken;
    if (!alive) continue;
    for (const call of calls) {
      for (const hold of holdsOf(call)) {
        if (!hold.held) continue;
        const { name: lock, token, fencingToken } = hold;
        // It learns it by its next renewal.
        if (world.server.robbed.has(`${token} ${fencingToken}`)) continue;
        const all = [...(believers.get(lock) ?? []), { name, hold }];
        believers.set(lock, all);
        if (!fit(all.map((one) => one.hold.room))) {
          return `${all.map((one) => one.name).join(' and ')} believe that they hold ${lock}`;
        }
        const belief = `${name} believes that it holds ${lock}`;
        if (closing) return `${belief}, though it was closed`;
        if (call.state !== 'held') return `${belief}, which it gave back`;
        if (holdsOf(call).some(({ isLost }) => isLost)) return `${belief}, but has lost another`;
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
