import { Command } from 'commander';
import { type ConnectionOptions, withConnection } from '../connection/options.js';

export interface ListOptions extends ConnectionOptions {
  readonly limit: string;
  readonly json?: true;
}

export function listCommand(): Command {
  return withConnection(
    new Command('ls')
      .description('Locks that are held or waited for.')
      .argument('[pattern]', "of their names: '*' for any characters, '?' for one"),
  )
    .option('--limit <n>', 'so many at the most', '1000')
    .option('--json', 'for programs: an object in each line')
    .action(async (pattern: string | undefined, options: ListOptions) => {
      const { list } = await import('./list.js');
      await list(pattern, options);
    });
}
