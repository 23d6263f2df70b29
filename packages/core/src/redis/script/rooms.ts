import { HAND_OFF_BUDGET, HIGHEST_LIMIT, LEAST_BUDGET } from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';
import { LEASES, MARKER, QUEUE, ROOM } from './state.js';

/** Limits stand before all moments: a limit has its own number less this for a score. */
export const BEFORE_ALL_MOMENTS: number = 2 ** 32;

/**
 * Redis keeps a small hash or set as a list, in which every look goes through all of it, up to 512
 * fields or 128 members. What is longer than 64 bytes makes it a table; for a few holders that is not
 * worth its memory.
 */
export const CROWD = 32;
export const WIDE: string = '-'.repeat(65);

/** Fields that the hash has of every room. Each other one has its like in the sorted set. */
export const OWN_FIELDS = 3;

/** So many that enter together are written at once; what Lua can unpack is bounded. */
const WRITTEN_AT_ONCE = 1_000;

/**
 * Where a write failed, which none should: who asked for this lock is told, and nobody else. The clock must be written
 * whatever happens: what it gave out is not given out again.
 */
export const broken: string = `
      for i = 1, last do
        if KEYS[i + 1] == lock then reply[i], smooth = type(failure) == 'table' and failure.err or tostring(failure), false end
      end
`;

/** What a room is changed by, as the server is asked whether it may be. */
export const changes = (lock: string, holders: string, leases: string): string[] => [
  `'HSET', ${holders}, 'used', '0'`,
  `'HDEL', ${holders}, 'used'`,
  `'ZADD', ${leases}, '0', 'x'`,
  `'ZREM', ${leases}, 'x'`,
  `'PEXPIREAT', ${lock}, '0'`,
  `'UNLINK', ${holders}, ${leases}`,
  `'DEL', ${lock}`,
];

/** A room lives as long as its longest lease. With none, whatever others have made of the sum, it is gone. */
export const expire = (lock: string, holders: string, leases: string): string => `
    local last = redis.call('ZRANGE', ${leases}, '-1', '-1', 'WITHSCORES')[2] or '0'
    redis.call('PEXPIREAT', ${lock}, last)
    redis.call('PEXPIREAT', ${holders}, last)
    redis.call('PEXPIREAT', ${leases}, last)
`;

/**
 * What is inside the rooms that a run meets: read once, reckoned here, and written at its end. See
 * "Rooms" in docs/protocol.md. Its functions are only created in a run that meets a room.
 */
export const rooms: string = `
local known = {} -- by lock

local function moment()
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  return math.floor(time / 1000)
end

-- The end of a lease, as it is written: to write a number takes longer than all else.
local ends = {}
local function after(ttl)
  if not ends[ttl] then ends[ttl] = string.format('%d', moment() + ttl) end
  return ends[ttl]
end

-- What a waiter asks for, by its words: weight, limit, both as they are noted inside, and the limit alone.
local demands = { [' shared'] = { 1, math.huge, '1 0', '0' } }
local function demand(words)
  if demands[words] then return unpack(demands[words]) end
  local limit, weight = string.match(words, '^ limited ([1-9]%d*) ([1-9]%d*)$')
  if not limit or tonumber(weight) > tonumber(limit) or tonumber(limit) > ${HIGHEST_LIMIT} then return end
  demands[words] = { tonumber(weight), tonumber(limit), weight .. ' ' .. limit, limit }
  return unpack(demands[words])
end

-- Another data type where the holders stand.
local function checked(key, answer)
  if type(answer) ~= 'table' or not answer.err then return answer end
  if string.sub(answer.err, 1, 9) ~= 'WRONGTYPE' then error(answer, 0) end
  error({ foreign = redis.call('TYPE', key).ok, key = key }, 0)
end

-- What is answered to an operation that failed.
local function failed(kind, i, failure)
  local foreign, key
  if type(failure) == 'table' and failure.foreign then
    foreign, key = failure.foreign, failure.key
  else
    local told = type(failure) == 'table' and failure.err or tostring(failure)
    if string.sub(told, 1, 9) ~= 'WRONGTYPE' then return told end
    -- All else was checked: it is the line.
    key = base .. '${QUEUE}' .. KEYS[i + (kind == 'acquireAll' and member or 1)]
    foreign = redis.call('TYPE', key).ok
  end
  if kind == 'acquire' or kind == 'forceRelease' then return { ${OUTCOME.foreign}, foreign, key } end
  if kind == 'acquireAll' then return { ${OUTCOME.foreign}, foreign, key, member } end
  return 'WRONGTYPE ' .. key .. ' holds a ' .. foreign
end

local function meet(lock, generation, used, limit)
  local room = {
    lock = lock, holders = base .. '${ROOM}' .. lock, leases = base .. '${LEASES}' .. lock, queue = base .. '${QUEUE}' .. lock,
    generation = generation, used = used, limit = limit,
    counts = {}, seen = {}, terms = {}, ends = {}, fresh = {}, gone = {}, over = {},
    -- The first in the line from 'next' on; whether that is the whole line; whom to take out of it.
    heads = {}, next = 1, whole = false, passed = {},
    -- 'empty': nobody waits; 'full': the first one, the head, does not fit; nil: it was not looked at.
    line = not lined and 'empty' or nil,
  }
${changes('lock', 'room.holders', 'room.leases')
  .map(
    (change) => `  permit(${change})
`,
  )
  .join('')}  known[lock] = room
  return room
end

-- The room of a lock, if this value is its marker. Where the two keys beside it do not have the same
-- members, somebody deleted what was theirs: it is no room any more, and taken until the marker expires.
local function at(lock, value)
  if known[lock] then return known[lock] end
  local holders, leases = base .. '${ROOM}' .. lock, base .. '${LEASES}' .. lock
  local asked = later and later[lock] or {}
  local state = checked(holders, redis.pcall('HMGET', holders, 'generation', 'used', 'limit', unpack(asked)))
  local used = tonumber(state[2] or nil)
  if not used or '${MARKER}' .. (state[1] or '') ~= value then return end
  local leased = checked(leases, redis.pcall('ZCARD', leases))
  if redis.call('HLEN', holders) ~= leased + ${OWN_FIELDS} then return end
  local room = meet(lock, state[1], used, tonumber(state[3] or nil) or math.huge)
  for j, token in ipairs(asked) do room.seen[token] = state[j + ${OWN_FIELDS}] end
  return room
end

-- A room for a lock that nobody holds. What stands beside it is of one whose marker was deleted.
local function open(lock, ttl)
  local holders, leases = base .. '${ROOM}' .. lock, base .. '${LEASES}' .. lock
  checked(holders, redis.pcall('HMGET', holders, 'generation'))
  checked(leases, redis.pcall('ZRANGE', leases, '0', '0'))
  permit('SET', lock, '')
  tick()
  local room = meet(lock, text, 0, math.huge)
  redis.call('UNLINK', holders, leases)
  redis.call('SET', lock, '${MARKER}' .. text, 'PX', ttl)
  room.altered, room.clean, room.new = true, true, true
  return room
end

local function widen(room)
  if room.wide then return end
  redis.call('HSET', room.holders, 'wide', '${WIDE}')
  redis.call('ZADD', room.leases, '0', '${WIDE}')
  room.wide = true
end

-- Writes whose leases came and went. Before anything is read of them.
local function order(room)
  if #room.over > 0 then
    redis.call('ZREM', room.leases, unpack(room.over))
    room.over = {}
  end
  if #room.ends > 0 then
    if #room.ends > ${2 * CROWD} then widen(room) end
    redis.call('ZADD', room.leases, unpack(room.ends))
    room.ends = {}
  end
end

-- The same, and who they are, which is in 'seen' as well.
local function sync(room)
  order(room)
  if #room.gone > 0 then
    redis.call('HDEL', room.holders, unpack(room.gone))
    room.gone = {}
  end
  if #room.terms > 0 then
    redis.call('HSET', room.holders, unpack(room.terms))
    room.terms, room.fresh = {}, {}
  end
end

-- Takes those out of the line who are in it no more. Before anything else is read of it.
local function depart(room)
  if #room.passed == 0 then return end
  redis.call('ZREM', room.queue, unpack(room.passed))
  room.passed = {}
end

-- The first in the line, or nil. As many are read as may be needed.
local function front(room)
  local head = room.heads[room.next]
  if head or room.whole then return head end
  depart(room)
  local most = room.ahead or math.min(later and later[room.lock] and later[room.lock].leaving or 0, ${HAND_OFF_BUDGET})
  room.ahead = math.min(4 * most + 4, ${HAND_OFF_BUDGET})
  room.heads = redis.call('ZRANGE', room.queue, '0', most)
  room.next, room.whole = 1, #room.heads <= most
  if room.heads[1] then permit('ZREM', room.queue, 'x') end
  return room.heads[1]
end

-- This one is not in the line any more.
local function pass(room, first)
  if room.heads[room.next] == first then
    room.passed[#room.passed + 1] = first
    room.next = room.next + 1
  else -- it was found before the room was
    redis.call('ZREM', room.queue, first)
  end
end

-- Somebody came into the line elsewhere than at its end, or left it.
local function forget(room)
  depart(room)
  room.heads, room.next, room.whole = {}, 1, false
end

-- The lock key is another's now, or will be deleted.
local function drop(room)
  depart(room)
  redis.call('UNLINK', room.holders, room.leases)
  known[room.lock] = nil
end

-- One more, or one less, with this limit.
local function count(room, limit, by)
  if limit == '0' then return end
  local before = room.counts[limit]
    or tonumber(redis.call('HMGET', room.holders, 'limit ' .. limit)[1] or nil) or 0
  local now = before + by
  room.counts[limit] = now
  if before == 0 then
    redis.call('ZADD', room.leases, limit - ${BEFORE_ALL_MOMENTS}, limit)
    room.limit = math.min(room.limit, tonumber(limit))
  elseif now == 0 then
    redis.call('ZREM', room.leases, limit)
    local smallest = redis.call('ZRANGE', room.leases, '-inf', '(0', 'BYSCORE', 'LIMIT', '0', '1')[1]
    room.limit = tonumber(smallest or nil) or math.huge
  end
end

local function fits(room, weight, limit)
  return room.used + weight <= math.min(room.limit, limit)
end

-- With a fence, it was inside before.
local function enter(room, token, ttl, weight, noted, limit, fence)
  local drawn = fence or tick()
  local terms = (fence or text) .. ' ' .. noted
  if #room.terms > ${WRITTEN_AT_ONCE} then sync(room) end
  room.terms[#room.terms + 1], room.terms[#room.terms + 2] = token, terms
  room.ends[#room.ends + 1], room.ends[#room.ends + 2] = after(ttl), token
  room.seen[token], room.fresh[token] = terms, true
  room.used = room.used + weight
  count(room, limit, 1)
  room.altered, room.ending = true, nil
  return drawn
end

-- The fencing token of who is inside, and what was noted with it. All are strings.
local function inside(room, token)
  local terms = room.seen[token]
  if terms == nil and not room.new then
    terms = redis.call('HMGET', room.holders, token)[1]
    room.seen[token] = terms
  end
  if not terms then return end
  return string.match(terms, '^(%d+) (%d+) (%d+)$')
end

local function leave(room, token, weight, limit)
  if room.fresh[token] or #room.gone > ${WRITTEN_AT_ONCE} then sync(room) end
  room.gone[#room.gone + 1], room.over[#room.over + 1] = token, token
  room.seen[token] = false
  room.used = room.used - weight
  count(room, limit, -1)
  if room.line == 'full' then room.line = nil end
  room.altered, room.ending = true, nil
end

local function extend(room, token, ttl)
  order(room)
  redis.call('ZADD', room.leases, 'XX', 'GT', after(ttl), token)
  room.altered, room.ending = true, nil
end

-- Takes out those whose lease is over: as many as one operation may.
local function reap(room)
  if room.clean then return end
  order(room)
  local most = math.max(math.min(spare, ${HAND_OFF_BUDGET}), ${LEAST_BUDGET})
  local over = checked(room.leases,
    redis.pcall('ZRANGE', room.leases, '(0', moment(), 'BYSCORE', 'LIMIT', '0', most))
  for _, token in ipairs(over) do
    local _, weight, limit = inside(room, token)
    if weight then leave(room, token, weight, limit) else room.over[#room.over + 1] = token end
  end
  spare = spare - #over
  room.clean = #over < most
end

-- When the first lease inside ends, in ms from now, and whose it is.
local function ending(room)
  if not room.ending then
    order(room)
    local first = redis.call('ZRANGE', room.leases, '(0', '+inf', 'BYSCORE', 'LIMIT', '0', '1', 'WITHSCORES')
    if first[1] then
      local who = first[1] .. ' ' .. (inside(room, first[1]) or 0)
      room.ending = { math.max(first[2] - moment(), 0), who }
    else -- somebody deleted the last one, from both keys
      room.ending = { redis.call('PTTL', room.lock), '${MARKER}' .. room.generation }
    end
  end
  return unpack(room.ending)
end

-- Who is inside, with the fencing token, those first whose leases end first. As many as that.
local function first(room, most)
  order(room)
  local found = redis.call('ZRANGE', room.leases, '(0', '+inf', 'BYSCORE', 'LIMIT', '0', most)
  for i, token in ipairs(found) do found[i] = token .. ' ' .. (inside(room, token) or 0) end
  return found
end

-- A renewal finds that the room is gone: somebody deleted its marker, or took the lock. All who were
-- inside have lost it, and are told, once: what stands beside is removed.
local function ended(lock)
  local holders, leases = base .. '${ROOM}' .. lock, base .. '${LEASES}' .. lock
  local state = redis.pcall('HMGET', holders, 'generation')
  local found = state[1] and redis.pcall('ZRANGE', leases, '(0', '+inf', 'BYSCORE', 'LIMIT', '0', '${HAND_OFF_BUDGET}') or {}
  if #found == 0 then return end
  local terms = redis.call('HMGET', holders, unpack(found))
  permit('UNLINK', holders, leases)
  redis.call('UNLINK', holders, leases)
  for i, token in ipairs(found) do tell('ended', token .. ' ' .. (string.match(terms[i] or '', '^%d+') or ''), lock) end
end

-- Writes all that was reckoned.
local function settle(lock, room)
  depart(room)
  if room.altered and room.used == 0 then
    redis.call('DEL', lock)
    redis.call('UNLINK', room.holders, room.leases)
  elseif not room.altered then
    order(room)
  else
    if room.used > ${CROWD} then widen(room) end
    if #room.terms > ${WRITTEN_AT_ONCE} then sync(room) end
    local function note(field, value) room.terms[#room.terms + 1], room.terms[#room.terms + 2] = field, value end
    note('generation', room.generation)
    note('used', string.format('%d', room.used))
    note('limit', room.limit == math.huge and '' or string.format('%d', room.limit))
    for one, n in pairs(room.counts) do
      if n == 0 then
        redis.call('HDEL', room.holders, 'limit ' .. one)
      else
        note('limit ' .. one, string.format('%d', n))
      end
    end
    sync(room)
${expire('lock', 'room.holders', 'room.leases')}  end
end
`;
