/** Of one process on one server; with more of them the process is told. */
const MANY = 10;

/** How many are open on each server, and on which it was told already. */
interface OpenLockers {
  readonly count: Map<string, number>;
  readonly told: Set<string>;
}

const SHARED = Symbol.for('holdfast.open-lockers.1');

/** Of the process, not of this module: what reloads modules may load this one anew, too. */
function openLockers(): OpenLockers {
  const shared = globalThis as { [SHARED]?: OpenLockers };
  return (shared[SHARED] ??= { count: new Map(), told: new Set() });
}

/** A locker has connections to a server. Returns what is to be called when it has closed them. */
export function countOpened(address: string): () => void {
  const { count, told } = openLockers();
  const opened = (count.get(address) ?? 0) + 1;
  count.set(address, opened);
  if (opened > MANY && !told.has(address)) {
    told.add(address);
    warn(address, opened);
  }
  return () => {
    const left = (count.get(address) ?? 1) - 1;
    if (left === 0) count.delete(address);
    else count.set(address, left);
  };
}

/** See docs/decisions/0037. */
function warn(address: string, opened: number): void {
  process.emitWarning(
    `${opened} lockers of this process are open on ${address}, each with connections of its own. ` +
      'One serves a whole process: make it once, share it, and close what you give up. One for each ' +
      'request, or for each reload of a module, is the usual reason. This is told once.',
    { type: 'HoldfastWarning', code: 'HOLDFAST_MANY_LOCKERS' },
  );
}
