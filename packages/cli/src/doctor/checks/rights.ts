import { pairs } from '../facts.js';
import { type Finding, findingsOf } from '../finding.js';
import type { Server } from '../../connection/server.js';

const { good, danger } = findingsOf('rights');

/** What locks are made of, by the README's list of rights, with the least that each has to be asked with. */
const ON_KEYS = ['exists', 'type', 'get', 'mget', 'set', 'del', 'pexpire', 'pttl'].concat(
  ['zadd', 'zrange', 'zrem', 'zscore'],
  ['hmget', 'hset', 'hdel', 'hlen', 'zmscore', 'zcard', 'pexpireat', 'unlink'],
);
const ON_CHANNELS = ['ssubscribe', 'spublish'];
const ELSEWHERE = ['time', 'pubsub|shardnumsub'];
const IN_A_CLUSTER = ['cluster|slots', 'cluster|myid', 'asking'];

/**
 * Names what is missing, and runs nothing of it. ARGV  rights on keys, on channels, elsewhere; a key; a
 * channel
 */
const SCRIPT = `#!lua flags=no-writes
local missing = {}
-- Whatever of it is a key is one that is in question.
local function ask(right, ...)
  local known, allowed = pcall(redis.acl_check_cmd, ...)
  if known and not allowed then missing[#missing + 1] = '+' .. right end
end
for right in string.gmatch(ARGV[1], '%S+') do ask(right, right, ARGV[4], ARGV[4], ARGV[4]) end
for right in string.gmatch(ARGV[2], '%S+') do ask(right, right, ARGV[5]) end
for right in string.gmatch(ARGV[3], '%S+') do
  local command, sub = string.match(right, '([^|]+)|?(.*)')
  ask(right, command, sub, 'x')
end
return missing`;

/** Whether this user may do what locks need, under this prefix. */
export async function checkRights(server: Server, prefix: string): Promise<Finding[]> {
  const isCluster = await isOfCluster(server);
  const elsewhere = isCluster ? [...ELSEWHERE, ...IN_A_CLUSTER] : ELSEWHERE;
  const lists = [ON_KEYS, ON_CHANNELS, elsewhere].map((rights) => rights.join(' '));
  const channels = isCluster ? 'holdfast:{*}:wake:*' : 'holdfast:wake:*';
  try {
    // As locks are taken: this needs no right that they do not need.
    const digest = String(await server.ask('SCRIPT', 'LOAD', SCRIPT));
    const ask = async (key: string): Promise<string[]> =>
      (await server.ask(
        'EVALSHA',
        digest,
        '0',
        ...lists,
        key,
        channels.replaceAll('*', 'x'),
      )) as string[];
    const [locks, ours] = [await ask(`${prefix}doctor`), await ask('holdfast:clock')];
    if (locks.length === 0 && ours.length === 0)
      return [good('this user may do all that locks need')];
    return [
      ...(ours.length === 0 ? [] : [lack(ours, 'holdfast:*', channels)]),
      ...(locks.length === 0 ? [] : [lack(locks, `${prefix}*`, channels)]),
    ];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [danger(`this user may not run scripts: ${why}`, 'ACL SETUSER … +script|load +evalsha')];
  }
}

/** Everybody may ask that: by it a connection introduces itself. */
async function isOfCluster(server: Server): Promise<boolean> {
  return new Map(pairs(await server.tryAsk('HELLO'))).get('mode') === 'cluster';
}

function lack(missing: readonly string[], keys: string, channels: string): Finding {
  const rights = missing.join(' ');
  // Who lacks all of them probably lacks the keys, or the channels.
  const lacksAll = (wanted: readonly string[]): boolean =>
    wanted.every((right) => missing.includes(`+${right}`));
  const names = [
    ...(lacksAll(ON_KEYS) ? [`~${keys}`] : []),
    ...(lacksAll(ON_CHANNELS) ? [`&${channels}`] : []),
  ];
  const advice = ['ACL SETUSER …', ...names, rights].join(' ');
  return danger(`this user may not do ${rights} on ${keys}`, advice);
}
