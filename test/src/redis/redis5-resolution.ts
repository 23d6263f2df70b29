import type { ResolveHook } from 'node:module';

/** A hook of Node's module loader: who asks for `redis` is given node-redis 5. */
export const resolve: ResolveHook = (specifier, context, nextResolve) =>
  specifier === 'redis'
    ? nextResolve('redis5', { ...context, parentURL: import.meta.url })
    : nextResolve(specifier, context);
