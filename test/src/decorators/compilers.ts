import { fileURLToPath as pathOf } from 'node:url';
import { transformSync as babel } from '@babel/core';
import { type Options, transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import { transformSync as oxc } from 'oxc-transform';

const PLUGINS = {
  types: pathOf(import.meta.resolve('@babel/plugin-transform-typescript')),
  decorators: pathOf(import.meta.resolve('@babel/plugin-proposal-decorators')),
  /** Two old dialects of decorators do not work without. */
  fields: pathOf(import.meta.resolve('@babel/plugin-transform-class-properties')),
};

/** What becomes of TypeScript with decorators. */
export type Compile = (source: string) => string;

const FILE = 'service.ts';

/** The dialects that compilers have for standard decorators, old ones included. */
export const STANDARD: Readonly<Record<string, Compile>> = {
  esbuild: (source) => esbuild(source, { loader: 'ts', target: 'node20' }).code,
  'swc 2022-03': (source) => bySwc(source, { decoratorVersion: '2022-03' }),
  'swc 2023-11': (source) => bySwc(source, { decoratorVersion: '2023-11' }),
  'Babel 2023-11': (source) => byBabel(source, '2023-11'),
  'Babel 2023-05': (source) => byBabel(source, '2023-05'),
};

/** Standard decorators that are told nothing of their class. */
export const WITHOUT_METADATA: Readonly<Record<string, Compile>> = {
  'Babel 2023-01': (source) => byBabel(source, '2023-01'),
  'Babel 2022-03': (source) => byBabel(source, '2022-03'),
  'Babel 2021-12': (source) => byBabel(source, '2021-12'),
};

/** The proposal of 2018: one descriptor. Turbopack does the same with standard decorators. */
export const DESCRIPTORS: Readonly<Record<string, Compile>> = {
  'Babel 2018-09': (source) => byBabel(source, '2018-09', PLUGINS.fields),
};

export const LEGACY: Readonly<Record<string, Compile>> = {
  esbuild: (source) =>
    esbuild(source, {
      loader: 'ts',
      target: 'node20',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    }).code,
  swc: (source) => bySwc(source, { legacyDecorator: true }),
  Babel: (source) => byBabel(source, 'legacy', PLUGINS.fields),
  oxc: (source) => oxc(FILE, source, { target: 'es2022', decorator: { legacy: true } }).code,
};

type Transform = NonNullable<NonNullable<Options['jsc']>['transform']>;

function bySwc(source: string, transform: Transform): string {
  const parser = { syntax: 'typescript', decorators: true } as const;
  return swc(source, { filename: FILE, jsc: { parser, transform, target: 'es2022' } }).code;
}

function byBabel(source: string, version: string, ...more: readonly string[]): string {
  const decorators = [PLUGINS.decorators, before2022(version)];
  const plugins = [PLUGINS.types, decorators, ...more];
  const options = { filename: FILE, configFile: false, babelrc: false };
  return babel(source, { ...options, plugins })?.code ?? '';
}

/** Two versions want to know on which side of `export` a decorator stands; ours stand on neither. */
function before2022(version: string): object {
  const asks = version === '2018-09' || version === '2021-12';
  return asks ? { version, decoratorsBeforeExport: true } : { version };
}
