import type { Grace } from '../../store/grace.js';
import { timed } from '../../store/timed.js';
import { GRACED_SCRIPT } from '../script/index.js';
import { GRACED_LONE_RENEWAL } from '../script/lone-renewal.js';
import { OUTCOME } from '../script/outcome.js';
import { decode } from './batch-reply.js';
import { encode } from './batch.js';
import { type Dialect, PLAIN } from './dialect.js';

/**
 * With a grace: each batch says what the locker counts on, and until when it believes in what it renews;
 * the answers tell the server's time. `onGrace` is told what is left of a grace, in ms.
 */
export function graced(grace: Grace, onGrace: (left: number) => void): Dialect {
  return {
    script: GRACED_SCRIPT,
    lone: GRACED_LONE_RENEWAL,
    encode: (operations, place, self) => encode(operations, place, self, grace),
    decode(reply, operations, told) {
      if (typeof reply === 'number') {
        // The first number of the clock is the time, in µs; without any, nobody asks for it.
        const at = reply > OUTCOME.done ? Math.floor(reply / 1000) : undefined;
        return decode(reply, operations, told, at);
      }
      const [at, left, inner] = parts(reply);
      if (left > 0) onGrace(left);
      if (typeof inner === 'number') return decode(inner, operations, told, at);
      return decode(inner, operations, told).map((outcome) =>
        outcome instanceof Error ? outcome : timed(outcome, at, left),
      );
    },
  };
}

/** How a locker speaks that counts on this, or on none. */
export function dialectFor(grace: Grace | undefined, onGrace: (left: number) => void): Dialect {
  return grace === undefined ? PLAIN : graced(grace, onGrace);
}

function parts(reply: unknown): readonly [at: number, left: number, inner: unknown] {
  const [at, left, inner] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (typeof at === 'number' && typeof left === 'number') return [at, left, inner];
  throw new TypeError(
    'The reply to a batch does not begin with the time and what is left of a grace.',
  );
}
