import type { Cell, Verdict } from './cell.js';

/** A table of the report: what was tried, in rows and columns. */
export interface Table {
  readonly title: string;
  readonly about: string;
  readonly corner: string;
  readonly cells: readonly Cell[];
}

export type Verdicts = ReadonlyMap<Cell, Verdict>;

/** A table in Markdown; what cannot work has a note below. */
export function markdown({ title, about, corner, cells }: Table, verdicts: Verdicts): string {
  const rows = [...new Set(cells.map(({ row }) => row))];
  const columns = [...new Set(cells.map(({ column }) => column))];
  const notes: string[] = [];
  const markOf = (row: string, column: string): string => {
    const cell = cells.find((one) => one.row === row && one.column === column);
    const verdict = cell === undefined ? undefined : verdicts.get(cell);
    return verdict === undefined ? '' : mark(verdict, notes);
  };
  const body = rows.map((row) => [row].concat(columns.map((column) => markOf(row, column))));
  return [
    `## ${title}`,
    about,
    grid([corner, ...columns], body),
    notes.map((note, index) => `${index + 1}. ${note}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The lines of a table, in columns that are as wide as they have to be. */
function grid(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...body].map((line) => line[column]?.length ?? 0)),
  );
  const rule = widths.map((width) => '-'.repeat(width));
  const lines = [head, rule, ...body].map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '),
  );
  return lines.map((line) => `| ${line} |`).join('\n');
}

/** What stands in a cell; the same limit has the same note. */
function mark(verdict: Verdict, notes: string[]): string {
  switch (verdict.kind) {
    case 'works':
      return '✔';
    case 'broken':
      return '**broken**';
    case 'limited': {
      const note = `\`${verdict.limit.error}\`: ${verdict.limit.instead}`;
      if (!notes.includes(note)) notes.push(note);
      return `✖ (${notes.indexOf(note) + 1})`;
    }
  }
}
