import { Command } from 'commander';
import { type ConnectionOptions, withConnection } from '../connection/options.js';

export interface DoctorOptions extends ConnectionOptions {
  readonly json?: true;
}

export function doctorCommand(onCode: (code: number) => void): Command {
  return withConnection(
    new Command('doctor').description('Look at a server: what threatens locks there?'),
  )
    .option('--json', 'for programs')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      onCode(await doctor(options));
    });
}
