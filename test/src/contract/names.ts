import assert from 'node:assert/strict';
import type { Locker } from '@holdfast/core';
import type { Promises } from './scene.js';

const NAMES: Readonly<Record<string, string>> = {
  quotes: `it's "quoted" \`thrice\``,
  braces: '{order}:{42}{',
  spaces: ' two  words ',
  newlines: 'line\r\nline\n',
  'emoji and other planes': '🔒 замок ロック 𝒳',
  'a NUL': 'before\0after',
  '10 KB': 'x'.repeat(10_240),
  'what looks like Lua': ']] .. KEYS[1] .. [[',
  'what looks like a pattern': 'order:*?[a-z]%d+',
  'what objects inherit': '__proto__',
};

const WRONG: readonly unknown[] = [
  '',
  '\uD800',
  'half \uDC00 pair',
  undefined,
  null,
  42,
  true,
  { name: 'order:42' },
  { toString: () => 'order:42' },
  Symbol('order:42'),
];

export function names(promises: Promises): void {
  for (const [what, name] of Object.entries(NAMES)) {
    promises(
      `a name may be made of ${what}: it excludes, waits and is handed on`,
      async (scene) => {
        const [mine, other] = [await scene.locker(), await scene.locker()];
        const lock = await mine.acquire(name);
        assert.equal(lock.name, name);
        assert.equal(await other.tryAcquire(name), null);
        const waited = other.acquire(name);
        await scene.queued(name, 1);
        await lock.release();
        await using next = await waited;
        assert.equal(next.name, name);
        assert.equal(await mine.forceRelease(name), true);
        await assert.rejects(next.release(), { code: 'LOCK_LOST', lockName: name });
      },
    );
  }

  promises('names that only look alike are different locks', async (scene) => {
    const locker = await scene.locker();
    const alike = ['é', 'e\u0301', 'a', 'A', 'a ', 'a\0', 'а'];
    const locks = await Promise.all(alike.map((name) => locker.acquire(name, { waitTimeout: 0 })));
    assert.equal(new Set(locks.map((lock) => lock.token)).size, alike.length);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  promises('what cannot be a name is refused by every call', async (scene) => {
    const locker = await scene.locker();
    const calls: readonly ((locker: Locker, name: string) => Promise<unknown>)[] = [
      (to, name) => to.acquire(name),
      (to, name) => to.tryAcquire(name),
      (to, name) => to.using(name, () => assert.fail('not to be called')),
      (to, name) => to.forceRelease(name),
    ];
    for (const name of WRONG) {
      for (const call of calls) {
        await assert.rejects(call(locker, name as string), (error) => {
          assert(error instanceof TypeError);
          assert.match(error.message, /^Lock name: /);
          return true;
        });
      }
    }
  });

  promises('a key of our own cannot be a lock', async (scene) => {
    const locker = await scene.locker({ keyPrefix: '' });
    await assert.rejects(locker.acquire('holdfast:clock'), RangeError);
    await assert.rejects(locker.forceRelease('holdfast:queue:lock:order:42'), RangeError);
  });
}
