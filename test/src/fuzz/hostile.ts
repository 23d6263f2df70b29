import { anything, type Arbitrary, constantFrom, func, oneof, tuple } from 'fast-check';

/** What an object does that was made to do harm, when somebody looks at it. */
export class Trap extends Error {}

function spring(): never {
  throw new Trap('sprung');
}

/** Objects whose keys are right, and which throw, change or lie when they are read. */
export function hostile(...keys: readonly string[]): Arbitrary<object> {
  const key = constantFrom(...keys);
  return oneof(
    key.map((one) => Object.defineProperty({}, one, { enumerable: true, get: spring })),
    tuple(key, anything(), anything()).map(([one, first, then]) => {
      let reads = 0;
      const get = (): unknown => (reads++ === 0 ? first : then);
      return Object.defineProperty({}, one, { enumerable: true, get });
    }),
    tuple(key, anything()).map(([one, value]) => Object.create({ [one]: value }) as object),
    tuple(key, func(anything())).map(([one, value]) => ({ [one]: value })),
    constantFrom(
      new Proxy({}, { get: spring }),
      new Proxy({}, { ownKeys: spring }),
      new Proxy({}, { getPrototypeOf: spring, get: (_, name) => name }),
      JSON.parse('{"__proto__": {"ttl": 1}}') as object,
      Object.create(null) as object,
    ),
  );
}

/** Signals that are none, though they look like one. */
export const falseSignal: Arbitrary<unknown> = constantFrom(
  Object.create(AbortSignal.prototype) as unknown,
  new Proxy(new AbortController().signal, {}),
  new Proxy({}, { getPrototypeOf: spring }),
  { aborted: false, addEventListener: () => {} },
  AbortSignal,
);

/** Nobody can look at it, not even to print it. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
