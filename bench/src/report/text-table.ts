/** A table as it is shown anywhere: the first column is text, the others are figures. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** For a terminal. */
export function plain({ title, head, rows }: Table): string {
  const lines = align([head, ...rows]).map((cells) => cells.join('  ').trimEnd());
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** For a document, as the formatter of this repository leaves it. */
export function markdown({ head, rows }: Table): string {
  const [first = [], ...rest] = align([head, ...rows]);
  const rule = first.map((cell, column) => {
    const dashes = '-'.repeat(cell.length - (column === 0 ? 0 : 1));
    return column === 0 ? dashes : `${dashes}:`;
  });
  return [first, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function align(rows: readonly (readonly string[])[]): string[][] {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }),
  );
}
