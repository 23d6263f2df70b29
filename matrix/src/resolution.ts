import type { Limit } from './cell.js';
import type { Toolchain } from './toolchains.js';

/** How `tsc` finds the types of the packages. */
const ALL = {
  nodenext: undefined,
  bundler: undefined,
  node10: undefined,
  'commonjs-nodenext': undefined,
  'commonjs-node16': undefined,
} as const;

const REQUIRED: Limit = {
  error: 'TS1479',
  instead: '`await import(…)`, an ES module, or `"module": "nodenext"` and TypeScript 5.9',
};

const REMOVED: Limit = { error: 'TS5108', instead: '`"moduleResolution": "bundler"`' };

/** How each version of `tsc` finds the types, and what it lets a CommonJS module import. */
export const RESOLUTION: readonly Toolchain[] = [
  tsc('5.4.5', { 'commonjs-nodenext': REQUIRED, 'commonjs-node16': REQUIRED }),
  tsc('5.9.3', { 'commonjs-node16': REQUIRED }),
  tsc('6.0.3', { 'commonjs-node16': REQUIRED }),
  tsc('7.0.2', { 'commonjs-node16': REQUIRED, node10: REMOVED }),
];

function tsc(version: string, limits: Readonly<Record<string, Limit>>): Toolchain {
  return {
    fixture: 'resolution',
    name: 'types in tsc',
    versionOf: 'typescript',
    packages: { typescript: version },
    scripts: { ...ALL, ...limits },
  };
}
