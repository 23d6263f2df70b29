import { type Epoch, epochKey, readEpoch } from '../../connection/epoch.js';
import type { Server } from '../../connection/server.js';
import { counted } from '../../output/counted.js';
import { span } from '../../output/span.js';
import type { Facts } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';

const { good, warning, danger, unknown } = findingsOf('grace');

/** Epochs of a page of keys, and pages at most: enough for a million keys. */
const PAGE = '1000';
const PAGES = 1_000;

const ADVICE =
  'Wait: it ends by itself, and nothing makes it shorter that is safe. Locks that are held are renewed. ' +
  'Find out why the server was started anew, promoted or emptied. Move no slots, and do not restart it again.';

/** What remains of the graces of one epoch or more, in ms. */
interface Remaining {
  readonly running: readonly number[];
  /** How long those last that nobody has come upon yet. */
  readonly due: readonly number[];
  readonly count: number;
}

/** Whether lockers with a grace wait for one at this server; nothing is said where there are none. */
export async function checkGrace(server: Server, facts: Facts, prefix: string): Promise<Finding[]> {
  const epochs = await epochsOf(server, facts, prefix);
  if (epochs === undefined) return [unknown('this user may not look for a grace', 'Allow +scan.')];
  if (epochs.length === 0) return [];
  const time = await server.tryAsk('TIME');
  if (!facts.known || !Array.isArray(time)) {
    const what = 'this user may not ask whose data it is: whether a grace runs is not known';
    return [unknown(what, 'Allow +info and +time, or look as another user.')];
  }
  const [seconds, microseconds] = time.map(Number);
  const now = (seconds ?? 0) * 1_000 + Math.floor((microseconds ?? 0) / 1_000);
  const found = remaining(epochs, facts, now);
  const isQuiet = found.running.length + found.due.length === 0;
  return [...told(found), ...(isQuiet ? [] : await checkMoves(server))];
}

/** What slots that are on their way had here, and was lost, is seen by nobody: see docs/decisions/0048. */
async function checkMoves(server: Server): Promise<Finding[]> {
  const nodes = await server.tryAsk('CLUSTER', 'NODES');
  if (typeof nodes !== 'string') return [];
  const own = nodes.split('\n').find((line) => /^\S+ \S+ (\S+,)?myself/.test(line)) ?? '';
  const moving = own.match(/\[\d+-[<>]-/g)?.length ?? 0;
  if (moving === 0) return [];
  return [
    danger(
      `${counted(moving, 'slot')} on the way to or from this master while a grace runs: ended now, a lock can have two holders`,
      'Leave these slots open: no CLUSTER SETSLOT … NODE or STABLE before the grace is over. Then finish the move.',
    ),
  ];
}

function told({ running, due, count }: Remaining): Finding[] {
  const where = (some: number): string => (count > 1 ? ` in ${some} of ${count} slots` : '');
  if (running.length > 0) {
    const left = span(Math.max(...running));
    const what = `a grace runs${where(running.length)}, ${left} left: nothing new is granted until then`;
    return [warning(what, ADVICE)];
  }
  if (due.length > 0) {
    const what = `a grace of ${span(Math.max(...due))} begins${where(due.length)} with the next call for a lock`;
    return [warning(`${what}: the server was started anew, or promoted`, ADVICE)];
  }
  return [good('no grace runs')];
}

function remaining(epochs: readonly Epoch[], facts: Facts, now: number): Remaining {
  const current = reignOf(facts);
  const running: number[] = [];
  const due: number[] = [];
  for (const { history, until, began, reign } of epochs) {
    if (history !== facts.text('master_replid') && reign !== current) due.push(until - began);
    else if (until > now) running.push(until - now);
  }
  return { running, due, count: epochs.length };
}

function reignOf(facts: Facts): string {
  const [process, former = ''] = [facts.text('run_id') ?? '', facts.text('master_replid2')];
  return /[^0]/.test(former) ? `${process}:${facts.text('master_replid')}` : process;
}

/** That of the server; in a cluster, of all its slots. Undefined: this user may not look. */
async function epochsOf(
  server: Server,
  facts: Facts,
  prefix: string,
): Promise<Epoch[] | undefined> {
  if (facts.text('cluster_enabled') !== '1') {
    return known([await server.tryAsk('GET', epochKey(prefix))]);
  }
  const match = epochKey(prefix.replaceAll(/[\\*?[\]]/g, String.raw`\$&`), '???');
  const found = new Map<string, unknown>();
  let cursor = '0';
  for (let page = 0; page < PAGES; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next page is known when this one is here
    const reply = await server.tryAsk('SCAN', cursor, 'MATCH', match, 'COUNT', PAGE);
    if (!Array.isArray(reply)) return undefined;
    const [next, keys] = reply as [string, string[]];
    // oxlint-disable-next-line no-await-in-loop -- in one go, as they stand in line on the connection
    const epochs = await Promise.all(keys.map((key) => server.tryAsk('GET', key)));
    for (const [place, key] of keys.entries()) found.set(key, epochs[place]);
    cursor = next;
    if (cursor === '0') break;
  }
  return known([...found.values()]);
}

function known(replies: readonly unknown[]): Epoch[] {
  return replies
    .map((reply) => (typeof reply === 'string' ? readEpoch(reply) : undefined))
    .filter((epoch) => epoch !== undefined);
}
