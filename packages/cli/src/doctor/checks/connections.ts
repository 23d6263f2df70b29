import type { Facts } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';

const { good, warning } = findingsOf('connections');

const NEARLY = 0.8;

/** Every locker has two connections, and more under load. */
export function checkConnections(facts: Facts): Finding[] {
  const [used, most] = [facts.number('connected_clients'), facts.number('maxclients')];
  const what = `${used} of at most ${most} connections`;
  if (most === 0 || used < most * NEARLY) return [good(what)];
  return [warning(what, 'One locker for each process is enough; or CONFIG SET maxclients.')];
}
