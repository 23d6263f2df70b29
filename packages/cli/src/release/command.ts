import { Command } from 'commander';
import { type GraceArguments, withGrace } from '../connection/grace.js';
import { type ConnectionOptions, withConnection } from '../connection/options.js';
import { UsageError } from '../usage-error.js';

export interface ReleaseOptions extends ConnectionOptions, GraceArguments {
  readonly force?: true;
  readonly yes?: true;
  readonly json?: true;
}

export function releaseCommand(onCode: (code: number) => void): Command {
  return withGrace(
    withConnection(
      new Command('release')
        .description('Take a lock from whoever holds it, and hand it to the next in line.')
        .argument('<name>', 'name of a lock'),
    ),
  )
    .option('--force', 'has to be there: the holder may still be working')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'for programs')
    .action(async (name: string, options: ReleaseOptions) => {
      if (options.force !== true) {
        throw new UsageError(
          'release: a holder gives its lock back itself; to take it, say --force.',
        );
      }
      const { release } = await import('./release.js');
      onCode(await release(name, options));
    });
}
