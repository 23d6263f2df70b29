import { type Grace, graceFor } from '../../store/grace.js';
import type { StoreListener } from '../../store/port.js';
import { timed } from '../../store/timed.js';
import { GRACED_DIGEST, GRACED_SCRIPT } from '../script/index.js';
import { decode, type Outcome } from './batch-reply.js';
import { encode } from './batch.js';
import { type Dialect, PLAIN } from './dialect.js';

/** Where a command has the digest of its script. */
const DIGEST_PLACE = 1;

/**
 * With a grace: each batch says what the locker counts on, and until when it believes in what it renews;
 * each answer tells the server's time. `onGrace` is told what is left of a grace, in ms.
 */
export function graced(grace: Grace, onGrace: (left: number) => void): Dialect {
  return {
    script: GRACED_SCRIPT,
    encode(operations) {
      const command = encode(operations);
      const ends: number[] = [];
      let longest = -1;
      let holdsValues = false;
      for (const [place, operation] of operations.entries()) {
        const { kind } = operation;
        if (kind === 'acquire' || kind === 'acquireAll') {
          if (operation.ttl > longest) longest = operation.ttl;
        } else if (kind === 'renew' || kind === 'release') {
          // What is renewed comes before all that has several keys.
          if (kind === 'renew') {
            while (ends.length < place) ends.push(0);
            ends.push(Math.floor(operation.until ?? 0));
          }
          if (operation.room === undefined) holdsValues = true;
        }
      }
      const needed = longest === -1 ? 0 : graceFor(longest, grace);
      command[DIGEST_PLACE] = GRACED_DIGEST;
      if (!holdsValues) command.push('');
      command.push(JSON.stringify([grace.scope, grace.time, grace.lag, needed, ends]));
      return command;
    },
    decode(reply, operations) {
      const [at, left, inner] = parts(reply);
      if (left > 0) onGrace(left);
      const renewed: Outcome = { kind: 'renewed', at };
      return decode(inner, operations).map((outcome) => timedQuickly(outcome, at, left, renewed));
    },
  };
}

/** How a locker speaks that counts on this with a server, which is at that address by then. */
export function dialectFor(
  grace: Grace | undefined,
  listener: StoreListener,
  addressOf: () => string,
): Dialect {
  return grace === undefined
    ? PLAIN
    : graced(grace, (left) => listener.graced?.(left, addressOf()));
}

function parts(reply: unknown): readonly [at: number, left: number, inner: unknown] {
  const [at, left, inner] = Array.isArray(reply) ? (reply as unknown[]) : [];
  if (typeof at === 'number' && typeof left === 'number') return [at, left, inner];
  throw new TypeError(
    'The reply to a batch does not begin with the time and what is left of a grace.',
  );
}

/** What is frequent is written out: to spread an object takes longer. `renewed`: one for the whole batch. */
function timedQuickly(
  outcome: Outcome | Error,
  at: number,
  grace: number,
  renewed: Outcome,
): Outcome | Error {
  if (outcome instanceof Error) return outcome;
  if (outcome.kind === 'granted' && outcome.from === undefined) {
    const { kind, fencingToken, already, more } = outcome;
    return { kind, fencingToken, already, more, at };
  }
  if (outcome.kind === 'renewed' && outcome.reclaimed !== true) return renewed;
  return timed(outcome, at, grace);
}
