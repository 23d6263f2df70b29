import { HAND_OFF_BUDGET, RESERVED_PREFIX } from '../../protocol.js';

/** What stands before a locker id in the name of its wake channel. */
export const WAKE_PREFIX: string = `${RESERVED_PREFIX}wake:`;

/**
 * In the year 2255. Below 2^53, with room for clients that go above a number while they read it.
 */
const LAST_TICK = 9e15;

/**
 * The state of one run and what the operations share.
 *
 * Operations read their keys and arguments first, before anything can fail, and answer last: so an
 * operation that fails leaves the next one in its place.
 */
export const shared: string = `
local args = cjson.decode(ARGV[1])
local k, a, n = 1, 0, 0 -- keys read (the first is the clock), arguments read, replies given
local reply = {}
local budget = ${HAND_OFF_BUDGET} -- dead waiters that may still be cleared away

local function answer(outcome, first, second, third, fourth)
  reply[n + 1] = outcome
  reply[n + 2] = first
  reply[n + 3] = second
  reply[n + 4] = third
  reply[n + 5] = fourth
  n = #reply
end

-- The store's clock: what it gave out last, and its next value. Time stands still in a script.
-- What we never wrote counts for nothing: the clock goes on with the time, as after a loss of data.
local given, time, drawn
local function clock()
  if not given then
    local value = string.match(redis.call('GET', KEYS[1]) or '', '^%d+$')
    given = tonumber(value or 0)
    if given > ${LAST_TICK} then given = 0 end
  end
  return given
end
local function tick()
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  local tick = math.max(time, clock() + 1)
  if tick > ${LAST_TICK} then error(KEYS[1] .. ' has come to its end', 0) end
  given, drawn = tick, true
  return tick
end

local function stamp(token, fence)
  return token .. ' ' .. string.format('%.0f', fence)
end

-- A reply of GET: the string, or false, or nil and the data type that stands in the way.
local function text(value, lock)
  if type(value) ~= 'table' then return value end
  if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then error(value, 0) end
  return nil, redis.call('TYPE', lock).ok
end

local function read(lock)
  return text(redis.pcall('GET', lock), lock)
end

-- The fencing token, if the value says that this token holds the lock.
local function fenceOf(value, token)
  if value and string.sub(value, 1, #token + 1) == token .. ' ' then
    return tonumber(string.sub(value, #token + 2))
  end
end

-- Gives the lock to the first waiter whose locker listens. Zero receivers: that process is gone.
-- Anything but a member that we wrote ourselves is dropped. A waiter is told last: nothing that may
-- still fail can take back what it was told.
local function offer(lock, queue, asker)
  while budget > 0 do
    local first = redis.call('ZRANGE', queue, 0, 0)[1]
    if not first then return end
    budget = budget - 1
    local token, locker, ttl = string.match(first, '^(([^%s/]+)/%S*) (%d+)$')
    if token and #ttl < 16 and tonumber(ttl) > 0 then
      local fence = tick()
      redis.call('SET', lock, stamp(token, fence), 'PX', ttl)
      redis.call('ZREM', queue, first)
      local grant = string.format('%.0f', fence) .. ' ' .. token .. ' ' .. lock
      if token == asker or redis.call('SPUBLISH', '${WAKE_PREFIX}' .. locker, grant) > 0 then
        return token, fence
      end
    else
      redis.call('ZREM', queue, first)
    end
  end
end

-- Hands the lock off; with nobody found, or on an error, it is free. Reply: token and fence, or nil.
local function handOff(lock, queue, asker)
  if redis.call('EXISTS', queue) == 0 then
    redis.call('DEL', lock)
    return
  end
  local done, token, fence = pcall(offer, lock, queue, asker)
  if not done or not token then redis.call('DEL', lock) end
  if not done then error(token, 0) end
  return token, fence
end
`;
