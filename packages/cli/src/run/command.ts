import { Command, Option } from 'commander';
import { type GraceArguments, withGrace } from '../connection/grace.js';
import { type ConnectionOptions, withConnection } from '../connection/options.js';
import { UsageError } from '../usage-error.js';

/** What becomes of the command when its lock is lost. */
export type OnLost = 'term' | 'kill' | 'ignore';

/** As the arguments have them; nothing is checked yet. */
export interface RunOptions extends ConnectionOptions, GraceArguments {
  readonly ttl?: string;
  /** False: `--no-wait`. */
  readonly wait?: string | false;
  readonly holdAtLeast?: string;
  readonly shared?: true;
  readonly limit?: string;
  readonly weight?: string;
  readonly owner?: string;
  readonly onLost: OnLost;
  readonly killAfter?: string;
  readonly conflictExitCode?: string;
  readonly quiet?: true;
}

const EXAMPLES = `
Examples:
  holdfast run backup --no-wait --hold-at-least 10m -- pg_dump shop
  holdfast run report --wait 5m --ttl 1m -- ./report.sh --all
  holdfast run api:stripe --limit 5 -- node sync.js
  holdfast run account:1 account:2 -- ./transfer.sh

Exit codes: that of the command; 128 + n if signal n ended it; 64 usage, 69 Redis
unreachable, 75 busy, 76 lock lost, 77 refused, 78 unsupported server, or another
grace than others have, 126 not executable, 127 not found.
`;

export function runCommand(command: readonly string[], onCode: (code: number) => void): Command {
  return withGrace(
    withConnection(
      new Command('run')
        .description('Run a command while a lock is held. Several names: all of them, or none.')
        .usage('<name...> [options] -- <command> [args...]')
        .argument('<name...>', 'names of locks'),
    ),
  )
    .option('--ttl <duration>', 'how long others wait if this machine dies (default: 30s)')
    .option('--wait <duration>', 'wait for so long (default: without end)')
    .option('-n, --no-wait', 'do not wait')
    .option('--hold-at-least <duration>', 'keep it for so long, also if the command ends sooner')
    .option('-s, --shared', 'with others who ask for it as shared')
    .option('--limit <n>', 'with others, up to this number')
    .option('--weight <n>', 'how much of the limit is taken (default: 1)')
    .option('--owner <text>', 'who it is, for people (default: host name and process id)')
    .addOption(
      new Option('--on-lost <what>', 'when the lock is lost: end the command, kill it, or neither')
        .choices(['term', 'kill', 'ignore'])
        .default('term'),
    )
    .option('--kill-after <duration>', 'time between SIGTERM and SIGKILL (default: 10s)')
    .option('-E, --conflict-exit-code <n>', 'exit code when it is busy (default: 75)')
    .option('-q, --quiet', 'say nothing when it is busy')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], options: RunOptions) => {
      const [program, ...args] = command;
      if (program === undefined) {
        throw new UsageError('run: no command; give it behind two dashes: run <name> -- <command>');
      }
      // Only now: whoever asks for help waits for no library.
      const { run } = await import('./run.js');
      onCode(await run({ names, program, args, options }));
    });
}
