import type { Facts } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';

const { good, warning, danger } = findingsOf('replication');

/** From here on a replica that takes over is known to lack grants, in s. */
const LAGGING = 2;

/** What a failover leaves of locks. */
export function checkReplication(facts: Facts): Finding[] {
  const replicas = facts.replicas();
  const [least, present] = [leastReplicas(facts), facts.number('min_slaves_good_slaves')];
  if (least > 0 && present < least) {
    return [
      danger(
        `no lock can be taken: ${present} of the ${least} replicas that min-replicas-to-write asks for are there`,
        'Bring the replicas back, or CONFIG SET min-replicas-to-write lower.',
      ),
    ];
  }
  if (replicas.length === 0) return [good('no replica takes over, so none can lack a grant')];
  return [guard(replicas.length, least), ...lagging(replicas)];
}

/** Who may not ask for settings sees by a field of INFO that there is one. */
function leastReplicas(facts: Facts): number {
  const setting = facts.setting('min-replicas-to-write');
  if (setting !== undefined) return Number(setting);
  return facts.text('min_slaves_good_slaves') === undefined ? 0 : 1;
}

function guard(replicas: number, least: number): Finding {
  if (least > 0) return good(`writes need ${least} of ${replicas} replicas`);
  return warning(
    `a master that is cut off from its ${replicas === 1 ? 'replica' : `${replicas} replicas`} goes on granting: ` +
      'after a failover a lock can have two holders',
    'CONFIG SET min-replicas-to-write 1 and min-replicas-max-lag less than the ttl.',
  );
}

function lagging(replicas: readonly ReadonlyMap<string, string>[]): Finding[] {
  return replicas.flatMap((replica) => {
    const where = `${replica.get('ip')}:${replica.get('port')}`;
    const [state, lag] = [replica.get('state'), Number(replica.get('lag') ?? 0)];
    if (state === 'online' && lag < LAGGING) return [];
    return [
      warning(
        `the replica ${where} is ${state === 'online' ? `${lag} s behind` : (state ?? 'not online')}`,
        'If it takes over now, grants are lost. Look at its network and its load.',
      ),
    ];
  });
}
