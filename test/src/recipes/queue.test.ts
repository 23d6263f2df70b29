import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocker, type Locker, memoryStore } from '@holdfast/core';
import { currentLock, Locked, UseLocker } from '@holdfast/decorators';
import { WriteQueue } from '../../../examples/dist/recipes/queue.js';

interface Queue {
  add(item: string): Promise<void>;
}

/** As many are written: what the first caller schedules runs in its context. */
class CallersQueue implements Queue {
  readonly #write: (items: readonly string[]) => Promise<void>;
  readonly #items: string[] = [];
  #flushed: Promise<void> | undefined;

  constructor(write: (items: readonly string[]) => Promise<void>) {
    this.#write = write;
  }

  add(item: string): Promise<void> {
    this.#items.push(item);
    this.#flushed ??= new Promise(setImmediate).then(() => this.#write(this.#items));
    return this.#flushed;
  }
}

class Documents {
  @UseLocker() readonly locker: Locker;
  readonly #queue: Queue;

  constructor(locker: Locker, queue: Queue) {
    this.locker = locker;
    this.#queue = queue;
  }

  @Locked('document:{0}')
  async publish(id: string): Promise<void> {
    await this.#queue.add(id);
  }
}

/** Under which lock the queue wrote what two calls added. */
async function lockOfTheWriter(
  queueOf: (write: (items: readonly string[]) => Promise<void>) => Queue,
): Promise<string> {
  await using locker = await createLocker({ store: memoryStore() });
  const seen: string[] = [];
  const queue = queueOf(async (items) => {
    seen.push(`${items.join(' ')}: ${currentLock()?.name ?? 'none'}`);
  });
  const documents = new Documents(locker, queue);
  await Promise.all([documents.publish('a'), documents.publish('b')]);
  return seen.join(', ');
}

test("a queue that flushes where it was first called works under that caller's lock", async () => {
  const seen = await lockOfTheWriter((write) => new CallersQueue(write));
  assert.equal(seen, 'a b: document:a');
});

test('a queue that flushes outside works under no lock of its callers', async () => {
  const seen = await lockOfTheWriter((write) => new WriteQueue(write));
  assert.equal(seen, 'a b: none');
});
