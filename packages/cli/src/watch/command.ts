import { Command } from 'commander';
import { type ConnectionOptions, withConnection } from '../connection/options.js';

export interface WatchOptions extends ConnectionOptions {
  readonly interval: string;
  readonly count?: string;
  readonly json?: true;
}

export function watchCommand(): Command {
  return withConnection(
    new Command('watch')
      .description('A live view of what is held and waited for. Ctrl-C ends it.')
      .argument('[pattern]', "of their names: '*' for any characters, '?' for one"),
  )
    .option('--interval <duration>', 'between two looks', '1s')
    .option('--count <n>', 'end after so many looks')
    .option('--json', 'for programs: an object in each line, one for each look')
    .action(async (pattern: string | undefined, options: WatchOptions) => {
      const { watch } = await import('./watch.js');
      await watch(pattern, options);
    });
}
