import type { Command } from 'commander';

/** What the lockers of a prefix have agreed on, for a loss of the server's data. */
export interface GraceArguments {
  readonly grace?: string;
  readonly graceLag?: string;
}

export function withGrace(command: Command): Command {
  return command
    .option('--grace <duration>', 'that of all lockers with this prefix, if they have one')
    .option('--grace-lag <duration>', 'the lag of that grace, if it has one (default: 0s)');
}
