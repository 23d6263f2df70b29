import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { Project } from './project.js';
import { examplesOf, type Snippet, snippetsOf } from './snippets.js';

const ROOT = new URL('../../../', import.meta.url);
const SOURCES = 'packages/core/src/';

function read(file: string): Promise<string> {
  return readFile(new URL(file, ROOT), 'utf8');
}

async function documented(): Promise<Snippet[]> {
  const readmes = ['README.md', 'packages/core/README.md'];
  const names = await readdir(new URL(SOURCES, ROOT), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts')).map((name) => SOURCES + name);
  const found = await Promise.all([
    ...readmes.map(async (file) => snippetsOf(await read(file), file)),
    ...sources.toSorted().map(async (file) => examplesOf(await read(file), file)),
  ]);
  return found.flat();
}

const snippets = await documented();

describe('the code in the documents compiles, and runs on a real Redis', () => {
  let redis: RedisServer;
  let project: Project;

  before(async () => {
    redis = await startRedis();
    project = await Project.compile(snippets, redis.url);
  });
  after(async () => {
    await project?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  for (const [index, { where }] of snippets.entries()) {
    test(where, () => project.run(index));
  }
});

test('every document and every class with an example is among them', () => {
  const files = new Set(snippets.map(({ where }) => where.split(':')[0]));
  for (const file of ['README.md', 'packages/core/README.md', `${SOURCES}locker.ts`]) {
    assert.ok(files.has(file), file);
  }
});
