import type { Cell, Limit } from './cell.js';
import { lazily } from './lazily.js';
import { pinned, Project } from './project.js';
import { type Runtime, RUNTIMES } from './runtimes.js';
import type { Stage } from './stage.js';
import type { Table } from './table.js';

/** Under which they run: not every one of them still knows the oldest. */
const NODE = RUNTIMES.find(({ name }) => name.startsWith('Node 24')) as Runtime;

/** A project below `projects`, of which some scripts are run. */
export interface Toolchain {
  readonly fixture: string;
  /** What the row is called: the name, the version, and in what way. */
  readonly name: string;
  readonly detail?: string;
  /** The package that gives the version. */
  readonly versionOf: string;
  /** Versions other than those of the fixture. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Each a script of the fixture. With a limit: it cannot work. */
  readonly scripts: Readonly<Record<string, Limit | undefined>>;
}

/** One table of toolchains: a row for each, a column for each script. */
export async function toolchainTable(
  { packed, servers }: Stage,
  head: Omit<Table, 'cells'>,
  toolchains: readonly Toolchain[],
  node: Runtime = NODE,
): Promise<Table> {
  const rows = toolchains.map(async (toolchain): Promise<Cell[]> => {
    const { fixture, name, detail, versionOf, packages, scripts } = toolchain;
    const version = packages?.[versionOf] ?? (await pinned(fixture, versionOf));
    const row = [`${name} ${version}`.trim(), detail ?? []].flat().join(', ');
    const folder = row.toLowerCase().replaceAll(/[^a-z\d]+/g, '-');
    const project = lazily(() => Project.install({ name: folder, fixture, packed, packages }));
    return Object.entries(scripts).map(([script, limit]) => ({
      row,
      column: script.replaceAll('-', ' '),
      limit,
      check: async () => (await project()).script(script, node, servers[0]?.url),
    }));
  });
  return { ...head, cells: (await Promise.all(rows)).flat() };
}
