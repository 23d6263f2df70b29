/** A code block of a document, and where it stands. */
export interface Snippet {
  /** File and line of its first line. */
  readonly where: string;
  readonly code: string;
}

/** The blocks of TypeScript in a Markdown file. */
export function snippetsOf(markdown: string, file: string): Snippet[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: code = '' }) => {
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { where: `${file}:${line}`, code };
  });
}

/** The blocks of TypeScript in the doc comments of a source file. */
export function examplesOf(source: string, file: string): Snippet[] {
  // A line of a doc comment loses its frame and keeps its number.
  return snippetsOf(source.replaceAll(/^ *\* ?/gm, ''), file);
}
