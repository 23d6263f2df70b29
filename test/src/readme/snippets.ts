export type Dialect = 'standard' | 'legacy';

const LEGACY = /@(LockKey|Inject|Injectable|Module)\(/;

/** A code block of a document, with the comment of the document's source before it. */
const FENCE = /(?:^<!-- (.*?) -->\n\n?)?^```(\w*)\n(.*?)^```$/gms;

/**
 * Why a block is not run: `<!-- not run: needs a host with TLS -->`. One that uses what is not there
 * is not compiled either: `<!-- not compiled: … -->`.
 */
const EXCUSE = /^not (run|compiled): ./;

/** The file that a block is a copy of: `<!-- examples/src/recipes/webhook.ts -->`. */
const COPY = /^[\w/.-]+\.ts$/;

/** The project of the matrix that takes the block as one of its files: `// jest.config.js, with jest`. */
const PROJECT = /^\/\/ [\w.]+, with (.+)\n/;

/** A code block of a document, and where it stands. */
export interface Block {
  /** File and line of its first line. */
  readonly where: string;
  /** As the fence names it; empty: no code of any language. */
  readonly language: string;
  readonly code: string;
  readonly excused: 'run' | 'compiled' | undefined;
  readonly copyOf: string | undefined;
  readonly project: string | undefined;
}

/** A block that is compiled, or that is plain JavaScript, and run. */
export interface Snippet extends Block {
  readonly language: 'ts' | 'js';
  /** Of its decorators, if it has any: only in one of them can parameters be decorated. */
  readonly dialect: Dialect;
}

/** The code blocks of a Markdown file. */
export function blocksOf(markdown: string, file: string): Block[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const { index, 0: whole, 1: comment = '', 2: language = '', 3: code = '' } = match;
    const before = markdown.slice(0, index + whole.indexOf('```'));
    return {
      where: `${file}:${before.split('\n').length + 1}`,
      language,
      code,
      excused: EXCUSE.exec(comment)?.[1] as Block['excused'],
      copyOf: COPY.test(comment) ? comment : undefined,
      project: PROJECT.exec(code)?.[1],
    };
  });
}

/** The blocks of TypeScript and JavaScript in a Markdown file that run without anything around them. */
export function snippetsOf(markdown: string, file: string): Snippet[] {
  return blocksOf(markdown, file).flatMap((block): Snippet[] => {
    const { language, code, excused, project } = block;
    if (language !== 'ts' && language !== 'js') return [];
    // JavaScript that a project takes is for a test runner, or for another module system.
    if (excused === 'compiled' || (language === 'js' && project !== undefined)) return [];
    return [{ ...block, language, dialect: LEGACY.test(code) ? 'legacy' : 'standard' }];
  });
}

/** The blocks in the doc comments of a source file. */
export function examplesOf(source: string, file: string): Snippet[] {
  // A line of a doc comment loses its frame and keeps its number.
  return snippetsOf(source.replaceAll(/^ *\* ?/gm, ''), file);
}
