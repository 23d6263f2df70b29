import type { Limit } from './cell.js';
import type { Toolchain } from './toolchains.js';

/** All three ways to use the packages: `standard` decorators, `legacy` ones, and marked `parameters`. */
const ALL = { standard: undefined, legacy: undefined, parameters: undefined } as const;

const UNCOMPILED = 'SyntaxError: Invalid or unexpected token';

/** Decorators of parameters are left in the output. */
const NO_PARAMETERS: Limit = {
  error: UNCOMPILED,
  instead: "a key that names the arguments, `'order:{0.id}:{1}'`",
};

/** Decorators are left in the output. */
const NO_STANDARD: Limit = {
  error: UNCOMPILED,
  instead: 'compile TypeScript by a plugin, as in the next row, or set `experimentalDecorators`',
};

/** Types are taken away, and nothing is compiled. `@holdfast/core` without decorators runs. */
const STRIPPED: Limit = {
  error: UNCOMPILED,
  instead: 'decorators need a compiler',
};

/** What compiles TypeScript with the lines of docs/getting-started.md. */
export const TYPESCRIPT: readonly Toolchain[] = ['5.4.5', '5.9.3', '6.0.3', '7.0.2'].map(
  (version) => tsc(version, ALL),
);

/** What the checks can wait for. */
export const NEWEST_TYPESCRIPT: Toolchain = tsc('7.0.2', {
  standard: undefined,
  legacy: undefined,
});

export const COMPILERS: readonly Toolchain[] = [
  { fixture: 'esbuild', name: 'esbuild', versionOf: 'esbuild', scripts: ALL },
  { fixture: 'swc', name: 'swc', versionOf: '@swc/core', scripts: ALL },
  {
    fixture: 'swc-2023-11',
    name: 'swc',
    detail: 'decoratorVersion 2023-11',
    versionOf: '@swc/core',
    scripts: { standard: undefined },
  },
  {
    fixture: 'babel',
    name: 'Babel',
    versionOf: '@babel/core',
    scripts: { ...ALL, parameters: NO_PARAMETERS },
  },
  {
    fixture: 'babel',
    name: 'Babel',
    versionOf: '@babel/core',
    packages: {
      '@babel/cli': '7.29.7',
      '@babel/core': '7.29.13',
      '@babel/plugin-proposal-decorators': '7.29.7',
      '@babel/preset-env': '7.29.14',
      '@babel/preset-typescript': '7.29.7',
    },
    scripts: { ...ALL, parameters: NO_PARAMETERS },
  },
  { fixture: 'tsx', name: 'tsx', versionOf: 'tsx', scripts: ALL },
  { fixture: 'vite', name: 'Vite', versionOf: 'vite', scripts: { ...ALL, standard: NO_STANDARD } },
  {
    fixture: 'vite-swc',
    name: 'Vite',
    detail: '@rollup/plugin-swc',
    versionOf: 'vite',
    scripts: ALL,
  },
  { fixture: 'webpack', name: 'webpack', detail: 'ts-loader', versionOf: 'webpack', scripts: ALL },
  { fixture: 'rspack', name: 'rspack', versionOf: '@rspack/core', scripts: ALL },
  { fixture: 'rollup', name: 'rollup', versionOf: 'rollup', scripts: ALL },
  {
    fixture: 'stripping',
    name: 'type stripping of Node 24',
    versionOf: 'node',
    scripts: { standard: STRIPPED, legacy: STRIPPED, parameters: STRIPPED },
  },
];

const TARGET: Limit = {
  error: UNCOMPILED,
  instead: '`"target": "es2022"`, as in [getting-started.md](getting-started.md#typescript)',
};

/** What `tsc --init` writes, as it is and with another target. */
export const INIT: readonly Toolchain[] = ['5.9.3', '6.0.3', '7.0.2'].map((version) => ({
  fixture: 'tsc-init',
  name: 'tsc --init',
  versionOf: 'typescript',
  packages: { typescript: version },
  scripts: { 'as-it-is': TARGET, 'target-es2022': undefined },
}));

function tsc(version: string, scripts: Toolchain['scripts']): Toolchain {
  return {
    fixture: 'tsc',
    name: 'tsc',
    versionOf: 'typescript',
    packages: { typescript: version },
    scripts,
  };
}
