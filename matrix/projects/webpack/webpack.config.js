import { resolve } from 'node:path';

const PROGRAMS = { standard: ['core', 'decorated'], legacy: ['decorated', 'marked'] };

/** The packages go into the bundle. */
export default ({ dialect }) => ({
  mode: 'production',
  target: 'node20',
  entry: Object.fromEntries(PROGRAMS[dialect].map((name) => [name, `./${dialect}/${name}.ts`])),
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'ts-loader',
        options: { configFile: resolve(dialect, 'tsconfig.json'), transpileOnly: true },
      },
    ],
  },
  experiments: { outputModule: true },
  output: {
    path: resolve(dialect, 'out'),
    filename: '[name].js',
    module: true,
    chunkFormat: 'module',
  },
});
