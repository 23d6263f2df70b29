export type Dialect = 'standard' | 'legacy';

const LEGACY = /@(LockKey|Inject|Injectable|Module)\(/;

/** A code block of a document, and where it stands. */
export interface Snippet {
  /** File and line of its first line. */
  readonly where: string;
  readonly code: string;
  /** Of its decorators, if it has any: only in one of them can parameters be decorated. */
  readonly dialect: Dialect;
}

/** The blocks of TypeScript in a Markdown file. */
export function snippetsOf(markdown: string, file: string): Snippet[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: code = '' }) => {
    const line = markdown.slice(0, index).split('\n').length + 1;
    const dialect = LEGACY.test(code) ? 'legacy' : 'standard';
    return { where: `${file}:${line}`, code, dialect };
  });
}

/** The blocks of TypeScript in the doc comments of a source file. */
export function examplesOf(source: string, file: string): Snippet[] {
  // A line of a doc comment loses its frame and keeps its number.
  return snippetsOf(source.replaceAll(/^ *\* ?/gm, ''), file);
}
