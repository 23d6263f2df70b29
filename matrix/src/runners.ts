import type { Limit } from './cell.js';
import type { Toolchain } from './toolchains.js';

const NOT_COMPILED: Limit = {
  error: 'Must use import to load ES Module',
  instead: '`transformIgnorePatterns`, as in [testing.md](testing.md#jest)',
};

/** Test runners, each with the test of docs/testing.md. */
export const RUNNERS: readonly Toolchain[] = [
  {
    fixture: 'jest-esm',
    name: 'Jest',
    detail: 'ES modules',
    versionOf: 'jest',
    scripts: { test: undefined, 'enabled-globally': undefined },
  },
  {
    fixture: 'jest-cjs',
    name: 'Jest',
    detail: 'CommonJS',
    versionOf: 'jest',
    scripts: {
      test: undefined,
      'enabled-globally': undefined,
      'not-compiled': NOT_COMPILED,
      'not-compiled-vm-modules': undefined,
    },
  },
  {
    fixture: 'vitest',
    name: 'Vitest',
    versionOf: 'vitest',
    scripts: { test: undefined, 'enabled-globally': undefined },
  },
];
