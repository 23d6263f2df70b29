import { createHook } from 'node:async_hooks';

/**
 * Watches the timers that are set from now on; says where those were set that are neither over nor
 * cleared. Node itself lists only those that keep a process alive, and a locker's do not.
 */
export function watchTimers(): () => string[] {
  const set = new Map<number, string>();
  createHook({
    init(id, type) {
      if (type === 'Timeout') set.set(id, new Error('a timer').stack ?? '');
    },
    destroy: (id) => void set.delete(id),
  }).enable();
  return () => [...set.values()];
}
