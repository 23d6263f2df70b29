/** That TypeScript takes ours for the platform's own, and needs nothing of the DOM library for ours. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMPILERS } from '../types/compilers.js';

/** Below the tests, where the packages are found. */
const PARENT = fileURLToPath(new URL('..', import.meta.url));

/** With the DOM library: code for the platform, and ours given to it. */
const WITH_DOM = `
import { createLocker } from '@holdfast/core';
import { lockManager } from '@holdfast/core/web-locks';

async function report(locks: LockManager, signal: AbortSignal): Promise<void> {
  await locks.request('reports', async (lock: Lock | null) => lock?.name);
  await locks.request('reports', { mode: 'shared', signal }, (lock) => lock?.mode);
  const { held, pending }: LockManagerSnapshot = await locks.query();
  const infos: LockInfo[] = [...(held ?? []), ...(pending ?? [])];
  console.log(infos.length);
}

await using locker = await createLocker();
const locks: LockManager = lockManager(locker);
await report(locks, AbortSignal.timeout(1_000));
const options: LockOptions = { steal: true };
const token: number | undefined = await lockManager(locker).request('a', options, (lock) => lock?.fencingToken);
// @ts-expect-error -- the platform's own lock has no such number
await locks.request('a', (lock) => lock?.fencingToken);
console.log(token);
`;

/** Without it: the same with the types of the package. */
const WITHOUT_DOM = `
import { createLocker } from '@holdfast/core';
import {
  type Lock, type LockInfo, type LockManager, lockManager, type LockManagerSnapshot, type LockOptions,
} from '@holdfast/core/web-locks';

async function report(locks: LockManager, signal: AbortSignal): Promise<void> {
  await locks.request('reports', async (lock: Lock | null) => lock?.name);
  await locks.request('reports', { mode: 'shared', signal }, (lock) => lock?.signal);
  const { held, pending }: LockManagerSnapshot = await locks.query();
  const infos: LockInfo[] = [...held, ...pending];
  const ids: string[] = infos.map(({ clientId }) => clientId);
  console.log(ids);
}

await using locker = await createLocker();
const locks: LockManager = lockManager(locker);
await report(locks, AbortSignal.timeout(1_000));
const options: LockOptions = { ifAvailable: true };
const answer: number = await locks.request('a', options, async () => 42);
const failure: Promise<never> = locks.request('a', () => Promise.reject(new Error()));
// @ts-expect-error -- no such mode
await locks.request('a', { mode: 'write' }, () => {});
// @ts-expect-error -- the platform has no such type here
type Platform = globalThis.LockManager;
console.log(answer, failure);
`;

const BASE = ['es2023', 'esnext.disposable'];
const FLAGS = {
  target: 'es2022',
  types: ['node'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
};

for (const { setting, lib, source } of [
  { setting: 'with the DOM library', lib: [...BASE, 'dom'], source: WITH_DOM },
  { setting: 'without the DOM library', lib: BASE, source: WITHOUT_DOM },
]) {
  test(`the types fit ${setting}`, async () => {
    const folder = await mkdtemp(join(PARENT, 'platform-types-'));
    try {
      const compilerOptions = { ...FLAGS, lib };
      const tsconfig = JSON.stringify({ compilerOptions, files: ['module.ts'] });
      await writeFile(join(folder, 'tsconfig.json'), tsconfig);
      await writeFile(join(folder, 'module.ts'), `${source}export {};\n`);
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
      const args = [COMPILERS['7'], '-p', folder, '--pretty', 'false'];
      const printed = await new Promise<string>((settle) => {
        execFile(process.execPath, args, (_failed, stdout) => settle(stdout));
      });
      assert.equal(printed, '');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
