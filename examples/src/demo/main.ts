/**
 * Several processes take turns on locks, and one of them is killed at work. Run it with
 * `npm run demo`; with `-- --memory` it does without Redis.
 */
import { showContention, showVisits } from './acts.js';
import { Crew } from './crew.js';
import { Ledger } from './ledger.js';
import { oneProcess } from './one-process.js';
import { paintFor } from './paint.js';
import { findPlace } from './place.js';
import { processes } from './processes.js';
import { type Recording, violations } from './recording.js';
import { CAST, contend, VICTIM, visit } from './scenario.js';

const WIDEST = 100;
/** Far above what it takes once there is a server, in ms; whatever was started ends with this process. */
const LIMIT = 60_000;

const { stdout } = process;
const columns = stdout.isTTY ? stdout.columns : 80;
const screen = { width: Math.min(columns, WIDEST) - 1, paint: paintFor(stdout) };

try {
  await main(process.argv.includes('--memory') ? 'memory' : 'redis');
} catch (error) {
  console.error(`The demo failed. ${reasonOf(error)}`);
  process.exitCode = 1;
}

async function main(wanted: 'redis' | 'memory'): Promise<void> {
  await using place = await findPlace(wanted);
  setTimeout(() => {
    console.error(`The demo did not end within ${LIMIT / 1_000} s.`);
    process.exit(1);
  }, LIMIT).unref();
  const ledger = new Ledger();
  await using crew = new Crew(
    place.kind === 'redis'
      ? processes(place.url, place.keyPrefix, ledger.report)
      : oneProcess(ledger.report),
  );
  const actors = await crew.assemble(CAST);

  const [what, ...more] = place.says;
  say(`${screen.paint('title', 'HOLDFAST')}  ${what}`, ...more, 'It takes about five seconds.', '');

  await contend(actors, ledger);
  const first = await ledger.close(CAST);
  say(...showContention(first, screen), '');

  const survivors = actors.filter((actor) => actor.who !== VICTIM);
  await visit(survivors);
  const second = await ledger.close(survivors.map((actor) => actor.who));
  say(...showVisits(second, screen), '');
  judge([first, second]);
}

/** The demo looks at its own recordings: a drawing alone could hide what is too short for it. */
function judge(recordings: readonly Recording[]): void {
  const problems = recordings.flatMap(violations);
  const count = recordings.flatMap(({ holds }) => holds).length;
  if (problems.length > 0) throw new Error(problems.join('; '));
  say(` Checked: of ${count} holds no two of one lock overlap, and every fencing token rises.`);
}

function say(...lines: string[]): void {
  console.log(lines.join('\n'));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${reasonOf(error.cause)}`;
}
