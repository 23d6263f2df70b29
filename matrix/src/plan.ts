import { commandLineTable } from './command-line.js';
import { COMPILERS, INIT, NEWEST_TYPESCRIPT, TYPESCRIPT } from './compilers.js';
import { contractTable } from './contract.js';
import { FRAMEWORKS } from './frameworks.js';
import { RESOLUTION } from './resolution.js';
import { RUNNERS } from './runners.js';
import { thisNode } from './runtimes.js';
import type { Stage } from './stage.js';
import type { Table } from './table.js';
import { toolchainTable } from './toolchains.js';

const COMPILED = {
  title: 'Compilers and bundlers',
  about:
    'The same programs, compiled by each: in `standard` decorators, in `legacy` ones, and with marked ' +
    '`parameters`, which only the latter have.',
  corner: 'compiler',
} as const;

/** Everything. */
export async function fullPlan(stage: Stage): Promise<Table[]> {
  return [
    contractTable(stage),
    commandLineTable(stage),
    await toolchainTable(stage, COMPILED, [...TYPESCRIPT, ...COMPILERS]),
    await toolchainTable(
      stage,
      { title: 'A new project', about: 'What `tsc --init` writes.', corner: 'compiler' },
      INIT,
    ),
    await toolchainTable(
      stage,
      {
        title: 'Module resolution',
        about: 'How TypeScript finds the types, and what it lets a CommonJS module import.',
        corner: 'compiler',
      },
      RESOLUTION,
    ),
    await toolchainTable(
      stage,
      {
        title: 'Test runners',
        about:
          'The tests of [testing.md](testing.md), with fake timers: called for in the test, and enabled ' +
          'globally, before anything is loaded. `npm test` runs those for `node:test` and Sinon.',
        corner: 'runner',
      },
      RUNNERS,
    ),
    await toolchainTable(
      stage,
      { title: 'Frameworks', about: 'An application, built and run.', corner: 'framework' },
      FRAMEWORKS,
    ),
  ];
}

/** What a check can wait for: this Node with both majors of node-redis, and one compiler. */
export async function shortPlan(stage: Stage): Promise<Table[]> {
  return [
    contractTable(stage, [thisNode()]),
    commandLineTable(stage, [thisNode()]),
    await toolchainTable(stage, COMPILED, [NEWEST_TYPESCRIPT], thisNode()),
  ];
}
