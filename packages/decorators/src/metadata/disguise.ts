import { reflectMetadata } from './reflect.js';

/** Never carried over: what belongs to the one function alone. */
const ITS_OWN = new Set<string | symbol>(['prototype', 'arguments', 'caller']);

/**
 * Makes a wrapper look like the method that it wraps: `name`, `length`, and whatever other
 * decorators have put on it, as properties or through reflect-metadata.
 */
export function disguise(wrapper: object, method: object): void {
  for (const name of Reflect.ownKeys(method)) {
    const descriptor = Object.getOwnPropertyDescriptor(method, name);
    if (descriptor === undefined || ITS_OWN.has(name)) continue;
    Object.defineProperty(wrapper, name, descriptor);
  }
  const reflect = reflectMetadata();
  if (reflect === undefined) return;
  for (const key of reflect.getOwnMetadataKeys(method)) {
    reflect.defineMetadata(key, reflect.getOwnMetadata(key, method), wrapper);
  }
}
