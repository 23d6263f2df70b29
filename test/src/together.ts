import { describe } from 'node:test';

/**
 * Runs test files in this process, each as a suite with hooks of its own. All are loaded before the first test
 * begins, so a file that awaits something while it is loaded declares its tests too late to be here.
 */
export function together(files: readonly string[]): void {
  const loading: Promise<unknown>[] = [];
  for (const file of files) {
    void describe(file, async () => {
      const loaded = import(new URL(file, import.meta.url).href);
      loading.push(loaded);
      await loaded;
      await Promise.allSettled(loading);
    });
  }
}
