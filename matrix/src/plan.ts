import { COMPILERS, TYPESCRIPT } from './compilers.js';
import { contractTable } from './contract.js';
import { thisNode } from './runtimes.js';
import type { Stage } from './stage.js';
import type { Table } from './table.js';
import { toolchainTable } from './toolchains.js';

const COMPILED = {
  title: 'Compilers and bundlers',
  about: 'The same programs, compiled by each.',
  corner: 'compiler',
} as const;

/** Everything. */
export async function fullPlan(stage: Stage): Promise<Table[]> {
  return [
    contractTable(stage),
    await toolchainTable(stage, COMPILED, [...TYPESCRIPT, ...COMPILERS]),
  ];
}

/** What a check can wait for: this Node with both majors of node-redis, and one compiler. */
export async function shortPlan(stage: Stage): Promise<Table[]> {
  return [
    contractTable(stage, [thisNode()]),
    await toolchainTable(stage, COMPILED, TYPESCRIPT.slice(-1), thisNode()),
  ];
}
