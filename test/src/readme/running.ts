import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { type RedisServer, startRedis } from '@holdfast/support';
import { OneProcess } from './one-process.js';
import { Project } from './project.js';
import type { Snippet } from './snippets.js';

/** Of the repository. */
export const ROOT: URL = new URL('../../../', import.meta.url);

const DIALECTS = ['standard', 'legacy'] as const;

export function read(file: string): Promise<string> {
  return readFile(new URL(file, ROOT), 'utf8');
}

/** A test for each block that can be run; those that cannot are compiled with them. */
export function compileAndRun(snippets: readonly Snippet[]): void {
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
        let running: OneProcess;
        before(async () => {
          project = await Project.compile(blocks, dialect, redis.url);
          running = new OneProcess(redis.url);
        });
        after(async () => {
          await running?.[Symbol.asyncDispose]();
          await project?.[Symbol.asyncDispose]();
        });

        for (const [index, { where, excused }] of blocks.entries()) {
          if (excused === undefined) test(where, () => running.run(project.moduleOf(index)));
        }
        test('nothing of them keeps a process alive', () => running.end());
      });
    }
  });
}
