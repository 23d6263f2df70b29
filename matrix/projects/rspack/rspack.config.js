import { resolve } from 'node:path';

const PROGRAMS = { standard: ['core', 'decorated'], legacy: ['decorated', 'marked'] };
const TRANSFORM = { standard: { decoratorVersion: '2022-03' }, legacy: { legacyDecorator: true } };

/** The packages go into the bundle. */
export default ({ dialect }) => ({
  mode: 'production',
  target: 'node20',
  entry: Object.fromEntries(PROGRAMS[dialect].map((name) => [name, `./${dialect}/${name}.ts`])),
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: {
          jsc: {
            parser: { syntax: 'typescript', decorators: true },
            transform: TRANSFORM[dialect],
            target: 'es2022',
          },
        },
      },
    ],
  },
  output: {
    path: resolve(dialect, 'out'),
    filename: '[name].js',
    module: true,
    chunkFormat: 'module',
  },
});
