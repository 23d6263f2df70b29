import { createLocker, type Locker } from '@holdfast/core';

/** What outlives a reload: modules are loaded anew, the process and its globals stay. */
const kept = globalThis as { sharedLocker?: Promise<Locker> | undefined };

kept.sharedLocker ??= open();

export const locker: Locker = await kept.sharedLocker;

async function open(): Promise<Locker> {
  try {
    return await createLocker();
  } catch (error) {
    // The next load tries again.
    kept.sharedLocker = undefined;
    throw error;
  }
}
