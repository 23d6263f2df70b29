/** How compilers are told to give standard decorators all that they need; ends an error. */
export const STANDARD: string =
  'compile standard decorators, by TypeScript without experimentalDecorators, by esbuild, ' +
  "by Babel with the version '2023-11' or by swc with the decoratorVersion '2023-11'";
