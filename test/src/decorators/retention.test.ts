import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLocker, type Lock, memoryStore } from '@holdfast/core';
import { assertLocked, Locked, UseLocker } from '@holdfast/decorators';
import { Gate } from '@holdfast/support';
import { Frame } from '../../../packages/core/dist/locker/context/frame.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** So many calls, each of which starts the next one and ends before that one does. */
const CALLS = 20;

test('a chain of calls that start each other lets go of those that have ended', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const gate = new Gate();
  gate.shut();
  const locks: WeakRef<Lock>[] = [];

  class Poller {
    @UseLocker() readonly locker = locker;
    last: Promise<void> | undefined;
    #started: (() => void) | undefined;

    @Locked('poll:{0}')
    async poll(count: number): Promise<void> {
      locks.push(new WeakRef(assertLocked()));
      this.#started?.();
      if (count === CALLS) return gate.passed();
      this.last = this.poll(count + 1);
      return new Promise((resolve) => {
        this.#started = resolve;
      });
    }
  }
  const poller = new Poller();
  await poller.poll(1);
  while (locks.length < CALLS) await turn();
  // An object is not collected in the turn in which its WeakRef was made or asked.
  await turn();
  collectGarbage();
  const kept = locks.filter((lock) => lock.deref() !== undefined);
  // The last one still runs; the one that started it may not have been let go of.
  assert.ok(kept.length <= 3, `${kept.length} of ${CALLS} locks are still reachable`);
  gate.open();
  await poller.last;
});

/** So many calls that join one lock, each of which starts the next one and ends. */
const JOINING = 2_000;

test('a chain of calls under one lock lets go of those that have ended', async () => {
  await using locker = await createLocker({ store: memoryStore() });
  const ended = new Gate();
  ended.shut();

  class Poller {
    @UseLocker() readonly locker = locker;
    last: Promise<number> | undefined;

    @Locked('poll')
    async poll(count: number): Promise<number> {
      await turn();
      if (count < JOINING) this.last = this.poll(count + 1);
      else ended.open();
      return count < JOINING ? 0 : queryObjects(Frame, { format: 'count' });
    }
  }
  const poller = new Poller();
  await poller.poll(1);
  await ended.passed();
  const kept = (await poller.last) ?? Infinity;
  assert.ok(kept <= 10, `${kept} of ${JOINING} calls are still reachable`);
});
