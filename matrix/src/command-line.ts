import type { Cell } from './cell.js';
import { lazily } from './lazily.js';
import { Project } from './project.js';
import { type Runtime, RUNTIMES } from './runtimes.js';
import type { Stage } from './stage.js';
import type { Table } from './table.js';

/** The command `holdfast`, under every Node. */
export function commandLineTable(
  { program, servers }: Stage,
  runtimes: readonly Runtime[] = RUNTIMES.filter(({ runsTypeScript }) => !runsTypeScript),
): Table {
  const project = lazily(() => Project.install({ name: 'cli', fixture: 'cli', packed: program }));
  // Where locks live in the process, one process cannot see those of another.
  const reachable = servers.filter(({ url }) => url !== undefined);
  return {
    title: 'The command line',
    about: '`holdfast` runs commands under locks, and tells of them.',
    corner: 'runtime',
    cells: runtimes.flatMap((runtime) =>
      reachable.map(({ name, url }): Cell => ({
        row: runtime.name,
        column: `holdfast, ${name}`,
        check: async () => (await project()).execute('try.js', runtime, url),
      })),
    ),
  };
}
