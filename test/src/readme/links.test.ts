import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';

const ROOT = new URL('../../../', import.meta.url);

/** The Markdown files that a reader finds, by their path in the repository. */
async function documents(): Promise<URL[]> {
  const folders = [
    '',
    'docs/',
    'docs/decisions/',
    'packages/core/',
    'packages/decorators/',
    'packages/cli/',
    'packages/opentelemetry/',
    'bench/',
  ];
  const files = folders.map(async (folder) => {
    const names = await readdir(new URL(folder, ROOT));
    return names.filter((name) => name.endsWith('.md')).map((name) => new URL(folder + name, ROOT));
  });
  return (await Promise.all(files)).flat();
}

/** Without what stands in code blocks. */
async function textOf(file: URL): Promise<string> {
  const text = await readFile(file, 'utf8');
  return text.replaceAll(/^```.*?^```$/gms, '');
}

/** The anchors of a document's headings, as Markdown viewers make them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

async function brokenLinks(file: URL): Promise<string[]> {
  const text = await textOf(file);
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = targets
    .filter((target) => !/^\w+:/.test(target))
    .map(async (target) => {
      const [path = '', anchor] = target.split('#');
      const there = new URL(path, file);
      const found = await stat(there).catch(() => undefined);
      if (found === undefined) return [target];
      if (anchor === undefined || !there.href.endsWith('.md')) return [];
      return anchorsOf(await textOf(there)).includes(anchor) ? [] : [target];
    });
  return (await Promise.all(broken)).flat();
}

test('every link within the documents leads to a file, and to a heading of it', async () => {
  const files = await documents();
  assert.ok(files.length > 20);
  const broken = files.map(async (file) => {
    const links = await brokenLinks(file);
    return links.map((link) => `${file.href.slice(ROOT.href.length)}: ${link}`);
  });
  assert.deepEqual((await Promise.all(broken)).flat(), []);
});
