import swc from '@rollup/plugin-swc';
import { defineConfig } from 'vite';

const TRANSFORM = { standard: { decoratorVersion: '2022-03' }, legacy: { legacyDecorator: true } };

export default defineConfig(({ mode }) => ({
  build: { target: 'node20' },
  oxc: false,
  plugins: [
    swc({
      swc: {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: TRANSFORM[mode],
          target: 'es2022',
        },
      },
    }),
  ],
}));
