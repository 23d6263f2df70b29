import { createHash } from 'node:crypto';
import { graceLeft } from './grace-left.js';
import { OWN_FIELDS } from '../script/rooms.js';
import { RESERVED_PREFIX } from '../../store/protocol.js';
import { LEASES, MARKER, QUEUE, ROOM, SHOWN, WAKE } from '../script/state.js';

/**
 * Looks at locks: all of them at one moment. Changes nothing, and says so to Redis, which then also
 * runs it where it may not write.
 *
 * KEYS: the locks   ARGV: how many holders, how many waiters; from which end of a lease, behind which ticket,
 * as ZRANGE has it; in a cluster, or where a grace is looked at, what stands before the names of all that is
 * kept beside locks, and behind those of channels; for a grace, see there
 * Reply: the time in microseconds; for each lock a list; for each wake channel of whom they name its
 * name and how many listen; and what is left of a grace in ms, if that was asked.
 *   type, value, remaining, used, limit, holders, count of holders, waiters, count of waiters
 * Without a room, `used` is false, and there are no holders: all is in the value. With one, each holder
 * is: token, terms, end; each waiter: member, ticket.
 */
export const SCRIPT: string = `#!lua flags=no-writes
local now = redis.call('TIME')
local most, longest, from, behind = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
-- In a cluster: what stands before the names of all that is kept beside locks, and behind those of channels.
local base, here = ARGV[5] or '${RESERVED_PREFIX}', ARGV[6] or ''
local channels, known = {}, {}

local function name(who)
  local locker = string.match(who, '^([%w_-]+)/')
  if locker and not known[locker] then
    known[locker] = true
    channels[#channels + 1] = base .. '${WAKE}' .. locker .. here
  end
end

-- What another data type stands in place of is not there.
local function list(...)
  local answer = redis.pcall(...)
  if not answer.err then return answer end
  if string.sub(answer.err, 1, 9) ~= 'WRONGTYPE' then error(answer, 0) end
  return {}
end

local function inside(lock, value)
  local room, leases, ends = base .. '${ROOM}' .. lock, base .. '${LEASES}' .. lock, {}
  local state = list('HMGET', room, 'generation', 'used', 'limit')
  if not state[1] or not state[2] or value ~= '${MARKER}' .. state[1] then return end
  local leased = redis.pcall('ZCARD', leases)
  if type(leased) == 'table' or redis.call('HLEN', room) ~= leased + ${OWN_FIELDS} then return end
  local first = most ~= '0' and list('ZRANGE', leases, from, '+inf', 'BYSCORE', 'LIMIT', '0', most, 'WITHSCORES') or {}
  local tokens, holders = {}, {}
  for i = 1, #first, 2 do tokens[#tokens + 1] = first[i] end
  local terms = #tokens > 0 and redis.call('HMGET', room, unpack(tokens))
  for i, token in ipairs(tokens) do
    name(token)
    holders[i] = { token, terms[i], first[2 * i] }
  end
  return state[2], state[3], holders, redis.call('ZCOUNT', leases, '(0', '+inf')
end

local function look(lock)
  local queue = base .. '${QUEUE}' .. lock
  local value = redis.pcall('GET', lock)
  local kind = 'string'
  if type(value) == 'table' then
    if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then error(value, 0) end
    kind, value = redis.call('TYPE', lock).ok, false
  elseif not value then
    kind = 'none'
  end
  local used, limit, holders, count
  if value and string.sub(value, 1, ${MARKER.length}) == '${MARKER}' then
    used, limit, holders, count = inside(lock, value)
  end
  if value then name(value) end
  local waiting = redis.pcall('ZCOUNT', queue, '-inf', '+inf')
  if type(waiting) == 'table' then
    if string.sub(waiting.err, 1, 9) ~= 'WRONGTYPE' then error(waiting, 0) end
    waiting = 0
  end
  local line = {}
  if waiting > 0 and longest ~= '0' then
    local first = redis.call('ZRANGE', queue, behind, '+inf', 'BYSCORE', 'LIMIT', '0', longest, 'WITHSCORES')
    for i = 1, #first, 2 do
      name(first[i])
      line[#line + 1] = { first[i], first[i + 1] }
    end
  end
  return {
    kind, value and string.sub(value, 1, ${SHOWN}), redis.call('PTTL', lock),
    used or false, limit or false, holders or {}, count or 0, line, waiting,
  }
end
${graceLeft}
local locks = {}
for i, lock in ipairs(KEYS) do locks[i] = look(lock) end
local heard = #channels > 0 and redis.call('PUBSUB', 'SHARDNUMSUB', unpack(channels)) or {}
return { string.format('%d%06d', now[1], now[2]), locks, heard, ARGV[7] and graceLeft() }
`;

/** By which the server knows the script once it is loaded. */
export const DIGEST: string = createHash('sha1').update(SCRIPT).digest('hex');
