import type { Toolchain } from './toolchains.js';

/** All three ways to use the packages: `standard` decorators, `legacy` ones, and marked `parameters`. */
const ALL = { standard: undefined, legacy: undefined, parameters: undefined } as const;

/** What compiles TypeScript with the lines of docs/getting-started.md. */
export const TYPESCRIPT: readonly Toolchain[] = ['5.4.5', '5.9.3', '6.0.3', '7.0.2'].map(
  (version) => ({
    fixture: 'tsc',
    name: 'tsc',
    versionOf: 'typescript',
    packages: { typescript: version },
    scripts: ALL,
  }),
);

export const COMPILERS: readonly Toolchain[] = [
  { fixture: 'esbuild', name: 'esbuild', versionOf: 'esbuild', scripts: ALL },
  { fixture: 'swc', name: 'swc', versionOf: '@swc/core', scripts: ALL },
  { fixture: 'babel', name: 'Babel', versionOf: '@babel/core', scripts: ALL },
  { fixture: 'tsx', name: 'tsx', versionOf: 'tsx', scripts: ALL },
  { fixture: 'vite', name: 'Vite', versionOf: 'vite', scripts: ALL },
  { fixture: 'webpack', name: 'webpack, with ts-loader', versionOf: 'webpack', scripts: ALL },
  { fixture: 'rspack', name: 'rspack', versionOf: '@rspack/core', scripts: ALL },
  { fixture: 'rollup', name: 'rollup', versionOf: 'rollup', scripts: ALL },
  {
    fixture: 'stripping',
    name: 'type stripping of Node',
    versionOf: 'node',
    scripts: ALL,
  },
];
