import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, suite, test } from 'node:test';
import { oneServer } from '../redis/one-server.js';
import { Project } from './project.js';
import { type Snippet, snippetsOf } from './snippets.js';

const README = new URL('../../../README.md', import.meta.url);

/** As stand-ins.ts has it, which opens a locker when it is loaded. */
const RUNS = 'runs of the nightly job';

const blocks = snippetsOf(await readFile(README, 'utf8'), 'README.md').filter(({ code }) =>
  code.includes('runNightlyJob'),
);

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

const [outliving, marking] = blocks as [Snippet, Snippet];
const PROGRAMS = {
  outliving,
  marking,
  'outliving, closing': closing(outliving),
  'marking, closing': closing(marking),
  bare: edited(outliving, (code) => code.replace(", { holdAtLeast: '10m' }", '')),
  interrupted: edited(marking, (code) =>
    code.replace('  signal.throwIfAborted();', "  throw new Error('interrupted');"),
  ),
};
type Program = keyof typeof PROGRAMS;

suite('the nightly job of the README', () => {
  const server = oneServer();
  let project: Project;
  before(async () => {
    project = await Project.compile(Object.values(PROGRAMS), 'standard', server.redis.url);
  });
  after(() => project?.[Symbol.asyncDispose]());

  /** How often it ran on two machines, one after the other: the second starts when the first has ended. */
  async function runs(...programs: readonly Program[]): Promise<number> {
    for (const program of programs) {
      const run = project.run(Object.keys(PROGRAMS).indexOf(program));
      await run.catch((error: unknown) => assert.match(String(error), /interrupted/));
    }
    return Number(await server.witness.command('GET', RUNS));
  }

  test('both of its forms are there', () => assert.equal(blocks.length, 2));

  for (const form of ['outliving', 'marking'] as const) {
    const how = form === 'outliving' ? 'a lock that outlives it' : 'a mark of what was done';

    test(`runs once on two machines, with ${how}`, async () => {
      assert.equal(await runs(form, form), 1);
    });

    test(`runs once in a rolling deploy, with ${how}`, async () => {
      assert.equal(await runs(`${form}, closing`, form), 1);
    });
  }

  test('without either it runs on both', async () => {
    assert.equal(await runs('bare', 'bare'), 2);
  });

  test('runs again where it was interrupted before its mark', async () => {
    assert.equal(await runs('interrupted', 'marking', 'marking'), 2);
  });
});
