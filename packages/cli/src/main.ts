import { Command, CommanderError } from 'commander';
import { hideSecrets } from './connection/hide-secrets.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { print, printed } from './output/print.js';
import { say } from './output/say.js';
import { readVersion } from './version.js';
import { doctorCommand } from './doctor/command.js';
import { listCommand } from './look/list-command.js';
import { showCommand } from './look/show-command.js';
import { releaseCommand } from './release/command.js';
import { runCommand } from './run/command.js';
import { UsageError } from './usage-error.js';
import { watchCommand } from './watch/command.js';

/** Does what the arguments ask for, and resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const end = args.indexOf('--');
  hideSecrets(end === -1 ? args : args.slice(0, end));
  let code: number = EXIT.OK;
  const onCode = (given: number): void => {
    code = given;
  };
  // What stands behind the two dashes is not ours to read.
  const isRun = args[0] === 'run';
  const own = isRun && end !== -1 ? args.slice(0, end) : args;
  const command = isRun && end !== -1 ? args.slice(end + 1) : [];
  const program = new Command('holdfast')
    .description('Distributed locks on Redis, from the command line.')
    .version(readVersion(), '-V, --version')
    .helpCommand(false)
    .addCommand(runCommand(command, onCode))
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(watchCommand())
    .addCommand(releaseCommand(onCode))
    .addCommand(doctorCommand(onCode));
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({ writeOut: (text) => print(text.trimEnd()) });
  }
  try {
    await program.parseAsync(own, { from: 'user' });
  } catch (error) {
    code = codeOf(error);
  }
  await printed();
  return code;
}

function codeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // It has said why already; with 0 it has shown what was asked for.
    return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  }
  if (error instanceof UsageError) {
    say(error.message);
    return EXIT.USAGE;
  }
  const code = exitCodeOf(error);
  if (code !== undefined && error instanceof Error) {
    say(error.message);
    return code;
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.SOFTWARE;
}
