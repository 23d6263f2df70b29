import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { onBothStores } from './scene.js';

onBothStores('the order of requests', (promises) => {
  promises('is that of the calls for each lock, for 10,000 on 50 of them', async (clients) => {
    const locks = await clients.locks();
    const served: number[][] = Array.from({ length: 50 }, () => []);
    const requests = Array.from({ length: 10_000 }, (_, n) => {
      const place = n % served.length;
      return locks.request(`report:${place}`, () => void served[place]?.push(n));
    });
    await Promise.all(requests);
    for (const [place, numbers] of served.entries()) {
      const calls = Array.from({ length: 200 }, (_, n) => place + served.length * n);
      assert.deepEqual(numbers, calls);
    }
  });

  promises('is that of the calls for readers and writers, among others', async (clients) => {
    const [locks, others] = [await clients.locks(), await clients.locks()];
    const log: string[] = [];
    let readers = 0;
    // One writer, four readers behind it, and so on.
    const names = Array.from({ length: 400 }, (_, n) =>
      n % 5 === 0 ? `w${n}` : `r${n - (n % 5)}`,
    );
    const requests = names.map((name) => {
      const mode = name.startsWith('w') ? 'exclusive' : 'shared';
      return locks.request('reports', { mode }, async () => {
        if (mode === 'exclusive') assert.equal(readers, 0, 'a writer is alone');
        readers += 1;
        await turn();
        readers -= 1;
        log.push(name);
      });
    });
    const between = Array.from({ length: 50 }, () => others.request('reports', () => {}));
    await Promise.all([...requests, ...between]);
    assert.deepEqual(log, names);
  });
});
