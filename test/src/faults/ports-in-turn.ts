import { createClient } from 'redis';
import type { ClientTemplate } from '@holdfast/core';

/**
 * A client to make connections from, of which each goes to the next port; the last port serves all
 * that follow. So a fault can hit one connection of a locker, and spare those that it opens instead.
 */
export function portsInTurn(...ports: readonly number[]): ClientTemplate {
  const left = [...ports];
  return {
    options: {},
    duplicate(overrides?: { readonly socket: object }) {
      const port = left.length > 1 ? left.shift() : left[0];
      return createClient({
        ...overrides,
        socket: { ...overrides?.socket, host: '127.0.0.1', port: port ?? 0 },
      });
    },
  };
}
