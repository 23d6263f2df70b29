import { readFile, writeFile } from 'node:fs/promises';

const DOCUMENT = new URL('../../../docs/guarantees.md', import.meta.url);
const BEGIN = '<!-- Written by: npm run load -- --publish -->';
const END = '<!-- End of what was written. -->';

/** Puts the figures in the place of the former ones in the document. */
export async function publish(figures: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error(`${DOCUMENT.pathname} has no place for figures.`);
  const before = text.slice(0, begin + BEGIN.length);
  await writeFile(DOCUMENT, `${before}\n\n${figures}\n\n${text.slice(end)}`);
}
