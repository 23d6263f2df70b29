/** A realm whose `Symbol` is older than Node's, as some test runners make it; in a process of its own. */
import { serveWorker } from '@holdfast/support';

export type Commands = {
  /** How `createLocker` ends there, in words. */
  createLocker(url: string): Promise<string>;
};

const younger: ReadonlySet<PropertyKey> = new Set(['dispose', 'asyncDispose']);
const { Symbol: own } = globalThis;
// Those two cannot be deleted from it, nor hidden behind a proxy of it.
globalThis.Symbol = new Proxy((() => {}) as unknown as SymbolConstructor, {
  get: (_, key) => (younger.has(key) ? undefined : (Reflect.get(own, key) as unknown)),
  apply: (_, __, [description]) => own(description as string | undefined),
});

serveWorker({
  async createLocker(url) {
    try {
      const { createLocker } = await import('@holdfast/core');
      const locker = await createLocker({ url });
      await locker.close();
      return 'a locker';
    } catch (error) {
      return String(error);
    }
  },
} satisfies Commands);
