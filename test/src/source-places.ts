import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';

/** A place in compiled code, as stacks and reports name it: `file:///…/dist/run.js:12:5`. */
const PLACE = /(?:file:\/\/)?((?:\w:)?[^\s:()]+\.js):(\d+):(\d+)/g;

const maps = new Map<string, SourceMap | undefined>();

/**
 * Names the places of the sources in what is reported, instead of those in what was compiled. Node's
 * `--enable-source-maps` does it too, but then every process reads the maps of all that it loads,
 * which costs a fifth of its start; so only what fails pays.
 */
export function inSources(text: string): string {
  return text.replaceAll(PLACE, (place, file: string, line: string, column: string) => {
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const { originalSource, originalLine, originalColumn } = entry;
    const source = join(file, '..', originalSource);
    return `${source}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

function readMap(path: string): SourceMap | undefined {
  if (!existsSync(path)) return undefined;
  return new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
}
