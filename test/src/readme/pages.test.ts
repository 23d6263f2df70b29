/** The pages in docs; the READMEs and the doc comments are in documents.test.ts. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { compileAndRun, read, ROOT } from './running.js';
import { blocksOf, snippetsOf } from './snippets.js';

/** A specification: what stands in its blocks is no code. */
const SPECIFICATION = 'docs/protocol.md';

const names = await readdir(new URL('docs/', ROOT));
const pages = names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
const found = pages.map(async (page) => snippetsOf(await read(page), page));
const snippets = (await Promise.all(found)).flat();

compileAndRun(snippets);

test('a block of a page is run, or says why not', async () => {
  for (const page of pages.filter((name) => name !== SPECIFICATION)) {
    const text = await read(page);
    const blocks = blocksOf(text, page);
    // One that is indented would be overlooked.
    assert.equal(text.match(/^\s*```/gm)?.length ?? 0, 2 * blocks.length, page);
    for (const { where, language, excused, project } of blocks) {
      const isRun = language === 'ts' || language === 'js' || project !== undefined;
      assert.ok(isRun || excused !== undefined, where);
    }
  }
});

test('a block that is a copy of a file is the whole of it', async () => {
  const copies = snippets.filter(({ copyOf }) => copyOf !== undefined);
  assert.ok(copies.length > 0);
  for (const { copyOf = '', code } of copies) assert.equal(code, await read(copyOf), copyOf);
});

test('every page is in the index', async () => {
  const index = await read('docs/README.md');
  for (const page of pages.filter((name) => name !== 'docs/README.md')) {
    assert.ok(index.includes(`](${page.replace('docs/', '')})`), page);
  }
});
