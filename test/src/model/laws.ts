import { holdsOf } from './call.js';
import type { World } from './world.js';

/** The law that does not hold in this state, if there is one. */
export function broken(world: World): string | undefined {
  if (world.server.broken !== undefined) return world.server.broken;
  const believers = new Map<string, string>();
  for (const { session, calls, alive, closing, name } of world.parties) {
    if (session.conduct.broken !== undefined) return session.conduct.broken;
    if (!alive) continue;
    for (const call of calls) {
      for (const hold of holdsOf(call)) {
        if (!hold.held) continue;
        const { name: lock } = hold;
        const other = believers.get(lock);
        if (other !== undefined) return `${other} and ${name} both believe that they hold ${lock}`;
        believers.set(lock, name);
        const belief = `${name} believes that it holds ${lock}`;
        if (closing) return `${belief}, though it was closed`;
        if (call.state !== 'held') return `${belief}, which it gave back`;
        if (holdsOf(call).some(({ isLost }) => isLost)) return `${belief}, but has lost another`;
        const lease = world.server.lease(lock, world.now);
        if (lease?.token !== hold.token || lease.fencingToken !== hold.fencingToken) {
          return `${belief}, which is ${lease?.token ?? 'nobody'}'s`;
        }
      }
    }
  }
  return undefined;
}
