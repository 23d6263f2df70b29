import type { LockRequest } from '@holdfast/core';
import { type Label, withLabel } from '../label.js';
import { type Asks, MODE, parseMode } from '../parse-mode.js';
import type { ParameterPart } from './lock-key.js';
import { type Key, malformed, parseSingle } from './naming.js';

/** The lock of a call, or several as one; those that are wanted in their own way say so. */
export type Wanted = string | readonly (string | LockRequest)[];

/** One key of a list. */
interface Member extends Key {
  /** Undefined: as the options say for all of them. */
  readonly asks: Asks | undefined;
}

const REQUEST = ['key', ...MODE];

/**
 * @param forAll - what the options say of all locks of a list.
 * @throws {TypeError | RangeError} if a key is malformed, or a mode or limit of its own.
 */
export function parseKey(
  key: unknown,
  marked: readonly ParameterPart[],
  label: Label,
  forAll: Asks,
): Key<Wanted> {
  if (!Array.isArray(key)) return parseSingle(key, marked, label);
  if (key.length === 0) throw malformed(label, 'the list is empty');
  if (marked.length > 0) {
    throw malformed(label, 'it is a list, and there are @LockKey parameters too');
  }
  const members = Array.from(key as unknown[], (one) => parseMember(one, label, forAll));
  return {
    naming: members.some(({ asks }) => asks !== undefined) ? byRequests(members) : byNames(members),
    parts: members.flatMap(({ parts }) => parts),
  };
}

function parseMember(given: unknown, label: Label, forAll: Asks): Member {
  if (typeof given !== 'object' || given === null || !('key' in given)) {
    return { ...parseSingle(given, [], label), asks: undefined };
  }
  const { key, ...own } = given as { readonly key: unknown } & Asks;
  const asks = withLabel(label, () => {
    for (const name of Object.keys(given)) {
      if (REQUEST.includes(name)) continue;
      throw new TypeError(`no '${name}' for a key of a list; there are ${REQUEST.join(', ')}`);
    }
    const { mode, limit, weight } = own;
    const isOfAll = weight !== undefined && mode === undefined && limit === undefined;
    return parseMode(isOfAll ? { limit: forAll.limit, weight } : own);
  });
  return { ...parseSingle(key, [], label), asks: Object.keys(asks).length > 0 ? asks : undefined };
}

/** Two arguments may well be the same: one lock is enough for both. */
function byNames(members: readonly Member[]): Key<Wanted>['naming'] {
  return (self, args) => [...new Set(members.map(({ naming }) => naming(self, args)))];
}

/** The same name, wanted in two ways, is taken in the one that is enough for both. */
function byRequests(members: readonly Member[]): Key<Wanted>['naming'] {
  return (self, args) => {
    const wanted = new Map<string, Asks | undefined>();
    for (const { naming, asks } of members) {
      const name = naming(self, args);
      const differs = wanted.has(name) && !isSame(wanted.get(name), asks);
      wanted.set(name, differs ? { mode: 'exclusive' } : asks);
    }
    return Array.from(wanted, ([name, asks]) => (asks === undefined ? name : { name, ...asks }));
  };
}

function isSame(one: Asks = {}, other: Asks = {}): boolean {
  const { mode, limit, weight } = one;
  return mode === other.mode && limit === other.limit && weight === other.weight;
}
