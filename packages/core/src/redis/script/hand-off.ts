import { HAND_OFF_BUDGET, RESERVED_PREFIX } from '../../store/protocol.js';
import { LAST_TICK } from './state.js';

/** What stands before a locker id in the name of its wake channel. */
export const WAKE_PREFIX: string = `${RESERVED_PREFIX}wake:`;

/** What all operations share on locks that somebody may wait for. */
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

-- Gives the lock to the first waiter whose locker listens. Zero receivers: that process is gone.
-- Anything but a member that we wrote ourselves is dropped. A waiter is told last: nothing that may
-- still fail can take back what it was told.
local budget = ${HAND_OFF_BUDGET} -- dead waiters that may still be cleared away
local function offer(lock, queue, first, asker)
  while budget > 0 do
    first = first or redis.call('ZRANGE', queue, '0', '0')[1]
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
    first = nil
  end
end

-- Hands the lock off; with nobody found, or on an error, it is free. Reply: the error or nil, who has
-- the lock, and the fencing token. Who is first, and who asks, need not be given.
local function handOff(lock, queue, first, asker)
  local done, token, fence = pcall(offer, lock, queue, first, asker)
  if done and token then return nil, token, fence end
  local freed = redis.pcall('DEL', lock)
  if not done then return type(token) == 'table' and token.err or token end
  return type(freed) == 'table' and freed.err or nil
end
`;
