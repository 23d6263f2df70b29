import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { compileAndRun, read, ROOT } from './running.js';
import { examplesOf, type Snippet, snippetsOf } from './snippets.js';

const PACKAGES = ['packages/core/', 'packages/decorators/', 'packages/opentelemetry/'];
const READMES = ['README.md', ...PACKAGES.map((folder) => `${folder}README.md`)];

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => folder + name);
}

async function documented(): Promise<Snippet[]> {
  const sources = (await Promise.all(PACKAGES.map((folder) => sourcesOf(`${folder}src/`)))).flat();
  const found = await Promise.all([
    ...READMES.map(async (file) => snippetsOf(await read(file), file)),
    ...sources.toSorted().map(async (file) => examplesOf(await read(file), file)),
  ]);
  return found.flat();
}

const snippets = await documented();

compileAndRun(snippets);

test('every README and every class with an example is among them', () => {
  const files = new Set(snippets.map(({ where }) => where.split(':')[0]));
  const classes = ['packages/core/src/locker/locker.ts', 'packages/decorators/src/locked.ts'];
  for (const file of [...READMES, ...classes]) assert.ok(files.has(file), file);
});
