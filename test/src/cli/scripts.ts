/** A command that prints what it was told of its locks. */
export const PRINT_ENVIRONMENT: readonly string[] = [
  process.execPath,
  '-p',
  `const {
    HOLDFAST_LOCK_NAME: names,
    HOLDFAST_FENCING_TOKEN: tokens,
    HOLDFAST_LOCK_JSON: json,
  } = process.env;
  JSON.stringify({ names, tokens, json })`,
];
