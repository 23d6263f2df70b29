import { HAND_OFF_BUDGET, RESERVED_PREFIX } from '../../protocol.js';
import { LAST_TICK } from './state.js';

/** What stands before a locker id in the name of its wake channel. */
export const WAKE_PREFIX: string = `${RESERVED_PREFIX}wake:`;

/** What the operations on a lock that somebody may wait for share. */
export const handOff: string = `
-- The next value of the clock.
local function tick()
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  if given >= ${LAST_TICK} then error(KEYS[1] .. ' has come to its end', 0) end
  given = time > given and time or given + 1
  text = string.format('%d', given)
  return given
end

-- The string, or false, or nil and the data type that stands in the way.
local function read(lock)
  local value = redis.pcall('GET', lock)
  if type(value) ~= 'table' then return value end
  if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then error(value, 0) end
  return nil, redis.call('TYPE', lock).ok
end

-- The fencing token, if the value says that this token holds the lock.
local function fenceOf(value, token)
  if value and string.find(value, token .. ' ', 1, true) == 1 then
    return tonumber(string.sub(value, #token + 2))
  end
end

-- Gives the lock to the first waiter whose locker listens. Zero receivers: that process is gone.
-- Anything but a member that we wrote ourselves is dropped. A waiter is told last: nothing that may
-- still fail can take back what it was told.
local budget = ${HAND_OFF_BUDGET} -- dead waiters that may still be cleared away
local function offer(lock, queue, asker)
  while budget > 0 do
    local first = redis.call('ZRANGE', queue, '0', '0')[1]
    if not first then return end
    budget = budget - 1
    local token, locker, ttl = string.match(first, '^(([^%s/]+)/%S*) (%d+)$')
    if token and #ttl < 16 and tonumber(ttl) > 0 then
      local fence = tick()
      redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
      redis.call('ZREM', queue, first)
      local grant = text .. ' ' .. token .. ' ' .. lock
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
  local done, token, fence = pcall(offer, lock, queue, asker)
  if not done or not token then redis.call('DEL', lock) end
  if not done then error(token, 0) end
  return token, fence
end
`;
