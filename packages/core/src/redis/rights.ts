import { createHash } from 'node:crypto';
import { RESERVED_PREFIX } from '../store/protocol.js';
import { baseOf } from './commit/batch.js';
import { tagOf } from './cluster/tag.js';
import type { ServerFacts } from './connections/client.js';
import { codeOf } from './refusal.js';
import { CLOCK, WAKE } from './script/state.js';

/** What every locker runs on its keys, and what stands behind the key. */
const ON_KEYS: Readonly<Record<string, readonly string[]>> = {
  exists: [],
  type: [],
  get: [],
  mget: [],
  set: ['0'],
  del: [],
  pexpire: ['0'],
  pttl: [],
  zadd: ['0', 'x'],
  zrange: ['0', '0'],
  zrem: ['x'],
  zscore: ['x'],
};

/** On its wake channel. */
const ON_CHANNELS: Readonly<Record<string, readonly string[]>> = {
  ssubscribe: [],
  spublish: ['x'],
};

/** What a rule calls `a|b` is run as `a b`. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  time: [],
  'script|load': ['x'],
  'pubsub|shardnumsub': ['x'],
};

/** The same in a cluster. */
const IN_CLUSTER: Readonly<Record<string, readonly string[]>> = {
  'cluster|slots': [],
  'cluster|myid': [],
  asking: [],
};

/**
 * Names the rights that are missing, as they stand in a rule. It runs nothing of what it asks for,
 * and needs no right but that to run scripts.
 */
const compose = (
  base: string,
  channels: string,
  elsewhere: typeof ELSEWHERE,
): string => `#!lua flags=no-writes
local missing = {}
-- What the server does not know is no matter of rights.
local function ask(right, ...)
  local known, allowed = pcall(redis.acl_check_cmd, ...)
  if known and not allowed then missing[#missing + 1] = '+' .. right end
end
${asked(ON_KEYS, base + CLOCK)}
if #missing == ${Object.keys(ON_KEYS).length} then missing = { '~holdfast:*' } end
local before = #missing
${asked(ON_CHANNELS, `${base + WAKE}x`)}
if #missing == before + ${Object.keys(ON_CHANNELS).length} then missing[#missing + 1] = '&${channels + WAKE}*' end
${asked(elsewhere)}
if #missing == 0 then return 0 end
local rights = table.concat(missing, ' ')
return { err = 'NOPERM this user lacks ' .. rights .. ', see "Permissions" in the README of Holdfast' }
`;

const SCRIPTS = {
  one: compose(RESERVED_PREFIX, RESERVED_PREFIX, ELSEWHERE),
  // Whoever may touch what is beside the locks of one slot may do so in all of them.
  cluster: compose(baseOf(tagOf(0)), baseOf('*'), { ...ELSEWHERE, ...IN_CLUSTER }),
} as const;

/**
 * Asks whether the user of a connection has the rights that every locker needs, so that one that is
 * missing is not found by the first release that somebody waits for. Rejects with the error reply
 * that names them. Not asked for: the lock keys, which may be allowed to users one by one, and what
 * only shared and limited locks need.
 */
export async function askForRights(connection: {
  command(args: string[]): Promise<unknown>;
  readonly facts: ServerFacts | undefined;
}): Promise<void> {
  const script = SCRIPTS[connection.facts?.mode === 'cluster' ? 'cluster' : 'one'];
  const digest = createHash('sha1').update(script).digest('hex');
  try {
    // In one go: most servers have the script already, and to load it again costs nothing.
    await Promise.all([
      connection.command(['SCRIPT', 'LOAD', script]),
      connection.command(['EVALSHA', digest, '0']),
    ]);
  } catch (error) {
    // A server that loads its data, or is busy, says nothing about rights.
    if (error instanceof Error && codeOf(error.message) === 'NOPERM') throw error;
  }
}

function asked(rights: Readonly<Record<string, readonly string[]>>, subject?: string): string {
  const lines = Object.entries(rights).map(([right, rest]) => {
    const words = [...right.split('|'), ...(subject === undefined ? [] : [subject]), ...rest];
    return `ask('${right}', ${words.map((word) => `'${word}'`).join(', ')})`;
  });
  return lines.join('\n');
}
