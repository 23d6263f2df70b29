import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './cache.js';

/** A code block of a document that is a file: its first line says so, `// tsconfig.json, with jest`. */
export interface Block {
  readonly file: string;
  /** For which of the projects. */
  readonly purpose: string;
  readonly code: string;
}

/** The files in a document: projects are made of what users read. */
export async function blocksOf(document: string): Promise<Block[]> {
  const markdown = await readFile(join(ROOT, document), 'utf8');
  return [...markdown.matchAll(/^```\w+\n(.*?)^```$/gms)].flatMap(([, code = '']) => {
    const [, file, purpose] = /^\/\/ (\S+\.\w+), with (\w+)/.exec(code) ?? [];
    return file === undefined || purpose === undefined ? [] : [{ file, purpose, code }];
  });
}
