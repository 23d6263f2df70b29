import { markdown, type Table, type Verdicts } from './table.js';

const HEAD = `# Where Holdfast runs

<!-- Written by: npm run matrix -- --publish -->

Every cell was run from the packages as they are published, installed by npm into a project of its own, on ${process.platform}
${process.arch}. ✔: it works. ✖: it cannot work; the note has the error and the way around.`;

/** The document with all tables. */
export function report(tables: readonly Table[], verdicts: Verdicts): string {
  return `${[HEAD, ...tables.map((table) => markdown(table, verdicts))].join('\n\n')}\n`;
}
