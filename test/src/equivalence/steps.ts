import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check';
import type { Operation } from '../../../packages/core/dist/store.js';

/** One step of a history: an operation of a locker, or time that passes. */
export type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | {
      readonly kind: Operation['kind'];
      readonly key: string;
      readonly token: string;
      /** Of a renewal; an acquisition has one ttl for its life, see `ttlOf`. */
      readonly ttl: number;
      readonly enqueue: boolean;
      /** Bring the ticket of the last answer to this token back, if there is one. */
      readonly comeBack: boolean;
    };

/** Two listen for grants; for the server, the third one is gone. */
export const LISTENING: readonly string[] = ['anna', 'ben'];
export const GONE = 'cleo';

export const KEYS: readonly string[] = ['lock:one', 'lock:two'];

const tokens = [...LISTENING, GONE].flatMap((locker) => [1, 2].map((n) => `${locker}/${n}`));

/** Leases end half a second away from every step of time, so that a few ms decide nothing. */
const operation = record({
  kind: constantFrom<Operation['kind'][]>(
    'acquire',
    'acquire',
    'acquire',
    'renew',
    'release',
    'release',
    'cancel',
    'forceRelease',
  ),
  key: constantFrom(...KEYS),
  token: constantFrom(...tokens),
  ttl: constantFrom(5_500, 12_500, 60_500),
  enqueue: boolean(),
  comeBack: boolean(),
});

const time = record({
  kind: constant('pass' as const),
  ms: integer({ min: 1, max: 20 }).map((seconds) => seconds * 1_000),
});

export const history: Arbitrary<Step[]> = array(
  oneof({ arbitrary: operation, weight: 7 }, { arbitrary: time, weight: 1 }),
  { minLength: 1, maxLength: 60, size: 'max' },
);

export function operationOf(
  step: Exclude<Step, { kind: 'pass' }>,
  ticket: number | undefined,
): Operation {
  const { kind, key, token, enqueue } = step;
  switch (kind) {
    case 'acquire':
      return {
        kind,
        key,
        token,
        ttl: ttlOf(token),
        enqueue,
        ticket: step.comeBack ? ticket : undefined,
      };
    case 'renew':
      return { kind, key, token, ttl: step.ttl };
    case 'cancel':
      return { kind, key, token, ttl: ttlOf(token) };
    case 'release':
      return { kind, key, token };
    case 'forceRelease':
      return { kind, key };
  }
}

function ttlOf(token: string): number {
  return token.endsWith('1') ? 5_500 : 12_500;
}
