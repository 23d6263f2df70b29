/**
 * The call that needed the value is told in another way: as a rejection that nobody handles, it
 * would end the process. A promise that begins when it is asked is not asked.
 */
export function disregardRejection(value: unknown): void {
  if (value instanceof Promise) void Promise.prototype.then.call(value, undefined, () => {});
}
