import typescript from '@rollup/plugin-typescript';

const PROGRAMS = { standard: ['core', 'decorated'], legacy: ['decorated', 'marked'] };
const { DIALECT: dialect } = process.env;

export default {
  input: PROGRAMS[dialect].map((name) => `${dialect}/${name}.ts`),
  external: /^(node:|@holdfast\/)/,
  plugins: [typescript({ tsconfig: `${dialect}/tsconfig.json`, outDir: `${dialect}/out` })],
  output: { dir: `${dialect}/out`, format: 'esm' },
};
