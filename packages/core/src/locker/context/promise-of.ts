// oxlint-disable-next-line typescript/unbound-method -- only compared
const { then } = Promise.prototype;

/**
 * The promise of what work returned. What begins when it is asked, such as a query or a promise that
 * overrides `then`, is asked here: inside.
 */
export function promiseOf<T>(result: T | PromiseLike<T>): Promise<T> {
  if (result instanceof Promise && result.then === then) return result as Promise<T>;
  return new Promise((resolve) => {
    resolve(result);
  });
}
