import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { startRedis } from '@holdfast/support';
import { createClient } from 'redis';
import { Project } from './project.js';
import { type Snippet, snippetsOf } from './snippets.js';

const README = new URL('../../../README.md', import.meta.url);

/** As stand-ins.ts has it, which opens a locker when it is loaded. */
const RUNS = 'runs of the nightly job';

const blocks = snippetsOf(await readFile(README, 'utf8'), 'README.md').filter(({ code }) =>
  code.includes('runNightlyJob'),
);

/** The programs of two machines, one after the other: the second starts when the first has ended. */
async function runs(...programs: readonly Snippet[]): Promise<number> {
  await using redis = await startRedis();
  await using project = await Project.compile(programs, 'standard', redis.url);
  for (const index of programs.keys()) {
    await project.run(index).catch((error: unknown) => assert.match(String(error), /interrupted/));
  }
  const client = await createClient({ url: redis.url }).connect();
  try {
    return Number(await client.get(RUNS));
  } finally {
    client.destroy();
  }
}

function edited(block: Snippet, edit: (code: string) => string): Snippet {
  const code = edit(block.code);
  assert.notEqual(code, block.code);
  return { ...block, code };
}

/** A rolling deploy: the old process closes its locker when the job is done. */
function closing(block: Snippet): Snippet {
  return edited(block, (code) =>
    `{\n${code}\n}\nawait locker.close();\n`.replace(/^\{\n(import .*\n)/, '$1{\n'),
  );
}

suite('the nightly job of the README', () => {
  test('both of its forms are there', () => assert.equal(blocks.length, 2));

  for (const [index, block] of blocks.entries()) {
    const form = index === 0 ? 'with a lock that outlives it' : 'with a mark of what was done';

    test(`runs once on two machines, ${form}`, async () => {
      assert.equal(await runs(block, block), 1);
    });

    test(`runs once in a rolling deploy, ${form}`, async () => {
      assert.equal(await runs(closing(block), block), 1);
    });
  }

  test('without either it runs on both', async () => {
    const [first] = blocks as [Snippet];
    const bare = edited(first, (code) => code.replace(", { holdAtLeast: '10m' }", ''));
    assert.equal(await runs(bare, bare), 2);
  });

  test('runs again where it was interrupted before its mark', async () => {
    const [, second] = blocks as [Snippet, Snippet];
    const interrupted = edited(second, (code) =>
      code.replace('  signal.throwIfAborted();', "  throw new Error('interrupted');"),
    );
    assert.equal(await runs(interrupted, second, second), 2);
  });
});
