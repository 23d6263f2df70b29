import { readFile } from 'node:fs/promises';

/** The records of a journal. Who was killed while it wrote may have left half a line. */
export async function readLines<T>(path: string): Promise<T[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  // What follows the last line break is nothing, or half a line.
  lines.pop();
  return lines.map((line) => JSON.parse(line) as T);
}
