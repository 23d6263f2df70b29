import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { Project } from './project.js';
import { blocksOf, examplesOf, type Snippet, snippetsOf } from './snippets.js';

const ROOT = new URL('../../../', import.meta.url);
const PACKAGES = ['packages/core/', 'packages/decorators/'];
const DIALECTS = ['standard', 'legacy'] as const;

/** A specification: what stands in its blocks is no code. */
const SPECIFICATION = 'docs/protocol.md';

function read(file: string): Promise<string> {
  return readFile(new URL(file, ROOT), 'utf8');
}

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, ROOT), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => folder + name);
}

async function pagesOf(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, ROOT));
  return names.filter((name) => name.endsWith('.md')).map((name) => folder + name);
}

const pages = await pagesOf('docs/');

async function documented(): Promise<Snippet[]> {
  const readmes = ['README.md', ...PACKAGES.map((folder) => `${folder}README.md`), ...pages];
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

      for (const [index, { where, excused }] of blocks.entries()) {
        if (excused === undefined) test(where, () => project.run(index));
      }
    });
  }
});

test('a block of a page is run, or says why not', async () => {
  for (const page of pages.filter((name) => name !== SPECIFICATION)) {
    const text = await read(page);
    const blocks = blocksOf(text, page);
    // One that is indented would be overlooked.
    assert.equal(text.match(/^\s*```/gm)?.length ?? 0, 2 * blocks.length, page);
    for (const { where, language, excused } of blocks) {
      assert.ok(excused !== undefined || language === 'ts' || language === 'js', where);
    }
  }
});

test('a block that is a copy of a file is the whole of it', async () => {
  const copies = snippets.filter(({ copyOf }) => copyOf !== undefined);
  assert.ok(copies.length > 0);
  for (const { copyOf = '', code } of copies) assert.equal(code, await read(copyOf), copyOf);
});

test('every document and every class with an example is among them', () => {
  const files = new Set(snippets.map(({ where }) => where.split(':')[0]));
  const classes = ['packages/core/src/locker/locker.ts', 'packages/decorators/src/locked.ts'];
  for (const file of ['README.md', ...PACKAGES.map((folder) => `${folder}README.md`), ...classes]) {
    assert.ok(files.has(file), file);
  }
});
