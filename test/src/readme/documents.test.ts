import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { Project } from './project.js';
import { examplesOf, type Snippet, snippetsOf } from './snippets.js';

const ROOT = new URL('../../../', import.meta.url);
const PAGES = ['docs/getting-started.md', 'docs/testing.md'];
const PACKAGES = ['packages/core/', 'packages/decorators/'];
const DIALECTS = ['standard', 'legacy'] as const;

function read(file: string): Promise<string> {
  return readFile(new URL(file, ROOT), 'utf8');
}

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => folder + name);
}

async function documented(): Promise<Snippet[]> {
  const readmes = ['README.md', ...PAGES, ...PACKAGES.map((folder) => `${folder}README.md`)];
  const sources = (await Promise.all(PACKAGES.map((folder) => sourcesOf(`${folder}src/`)))).flat();
  const found = await Promise.all([
    ...readmes.map(async (file) => snippetsOf(await read(file), file)),
    ...sources.toSorted().map(async (file) => examplesOf(await read(file), file)),
  ]);
  return found.flat();
}

const snippets = await documented();

describe('the code in the documents compiles, and runs on a real Redis', () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis[Symbol.asyncDispose]());

  for (const dialect of DIALECTS) {
    describe(`${dialect} decorators`, () => {
      const blocks = snippets.filter((snippet) => snippet.dialect === dialect);
      let project: Project;
      before(async () => {
        project = await Project.compile(blocks, dialect, redis.url);
      });
      after(() => project?.[Symbol.asyncDispose]());

      for (const [index, { where }] of blocks.entries()) {
        test(where, () => project.run(index));
      }
    });
  }
});

test('every document and every class with an example is among them', () => {
  const files = new Set(snippets.map(({ where }) => where.split(':')[0]));
  const classes = ['packages/core/src/locker/locker.ts', 'packages/decorators/src/locked.ts'];
  for (const file of [
    'README.md',
    ...PAGES,
    ...PACKAGES.map((folder) => `${folder}README.md`),
    ...classes,
  ]) {
    assert.ok(files.has(file), file);
  }
});
