import type { Cell } from './cell.js';
import { lazily } from './lazily.js';
import { Project } from './project.js';
import { type Runtime, RUNTIMES } from './runtimes.js';
import type { Stage } from './stage.js';
import type { Table } from './table.js';

/** Versions of node-redis that are supported, the newest of each major. */
const CLIENTS = ['5.12.1', '6.3.1'] as const;

/** What a runtime is given: programs as `tsc` compiled them, or their sources. */
const COMPILED = [
  'compiled/standard/core.js',
  'compiled/standard/decorated.js',
  'compiled/standard/web-locks.js',
  'compiled/legacy/decorated.js',
  'compiled/legacy/marked.js',
] as const;
const SOURCES = [
  'standard/core.ts',
  'standard/decorated.ts',
  'standard/web-locks.ts',
  'legacy/decorated.ts',
  'legacy/marked.ts',
] as const;

/** The contract, on every runtime, client and server. */
export function contractTable(
  { packed, servers }: Stage,
  runtimes: readonly Runtime[] = RUNTIMES,
  clients: readonly string[] = CLIENTS,
): Table {
  const cells = clients.flatMap((client): Cell[] => {
    const project = lazily(() =>
      Project.install({
        name: `contract-${client}`,
        fixture: 'contract',
        packed,
        packages: { redis: client },
      }),
    );
    return runtimes.flatMap((runtime) =>
      servers.map(({ name, url }) => ({
        row: runtime.name,
        column: `${name}, node-redis ${client}`,
        check: async () => keep(await project(), runtime, url),
      })),
    );
  });
  return {
    title: 'Runtimes, clients and servers',
    about:
      'Each runs the contract: the core promises, decorated methods in both dialects, and one program on ' +
      'our lock manager and on `navigator.locks`, where there is one, which write the same log. Node gets ' +
      'what `tsc` has compiled, the others the TypeScript itself. Each program has to end by itself.',
    corner: 'runtime',
    cells,
  };
}

async function keep(project: Project, runtime: Runtime, url: string | undefined): Promise<void> {
  for (const file of runtime.runsTypeScript ? SOURCES : COMPILED) {
    await project.execute(file, runtime, url);
  }
}
