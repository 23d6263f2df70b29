import { Command } from 'commander';
import { type ConnectionOptions, withConnection } from '../connection/options.js';

export interface ShowOptions extends ConnectionOptions {
  readonly waiting: string;
  readonly json?: true;
}

export function showCommand(): Command {
  return withConnection(
    new Command('show')
      .description('Who holds a lock, and who waits for it.')
      .argument('<name>', 'name of a lock'),
  )
    .option('--waiting <n>', 'so many of those who wait', '20')
    .option('--json', 'for programs')
    .action(async (name: string, options: ShowOptions) => {
      const { show } = await import('./show.js');
      await show(name, options);
    });
}
