import {
  BATCH_BUDGET,
  HAND_OFF_BUDGET,
  LEAST_BUDGET,
  LONGEST_TTL,
  RESERVED_PREFIX,
} from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';
import { LAST_TICK } from './state.js';

/** What stands before a locker id in the name of its wake channel. */
export const WAKE_PREFIX: string = `${RESERVED_PREFIX}wake:`;

/**
 * A member of a line: token, locker, owner, ttl, and what a newer version may have written after
 * them. See docs/protocol.md.
 */
const MEMBER = '^(([%w_-]+)/[%w_-]+(%S*)) ([1-9]%d*)(.*)$';

/** What all operations share on locks that somebody may wait for. */
export const handOff: string = `
-- Fails, as the server puts it, if this user may not run the command. Asked before the first change
-- for all that comes after it, so that what fails has changed nothing.
local function permit(...)
  return redis.acl_check_cmd(...) or redis.call(...)
end

-- The next value of the clock, which will be written.
local writable
local function tick()
  writable = writable or permit('SET', KEYS[1], clock)
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  if given >= ${LAST_TICK} then error(KEYS[1] .. ' has come to its end', 0) end
  given = time > given and time or given + 1
  text = string.format('%d', given)
  return given
end

-- Whether somebody listens at this server. A message without a listener would still be copied to
-- the replicas, where one may hear it who was passed over here.
local function listens(channel)
  return redis.call('PUBSUB', 'SHARDNUMSUB', channel)[2] > 0
end

local function refuse(lock)
  error('HOLDFAST_VERSION ' .. lock .. ' is waited for by a newer version, which is first in line', 0)
end

-- Gives the lock to the first waiter whose locker listens: the token and the fencing token. Or to
-- nobody: nil, nil, and 'more' if there are still some to be looked at, or 'newer' if the first one
-- is of a newer version. Others whose process is gone are dropped, as is what no version writes.
-- A waiter is told last: nothing that may still fail can take back what it was told.
local spare = ${BATCH_BUDGET} -- members that the whole batch may drop
local function offer(lock, queue, first, asker)
  for _ = 1, math.max(math.min(spare, ${HAND_OFF_BUDGET}), ${LEAST_BUDGET}) do
    first = first or redis.call('ZRANGE', queue, '0', '0')[1]
    if not first then return end
    local token, locker, owner, ttl, words = string.match(first, '${MEMBER}')
    if token and (owner == '' or string.sub(owner, 1, 1) == '/') and tonumber(ttl) <= ${LONGEST_TTL} then
      local channel = '${WAKE_PREFIX}' .. locker
      if words ~= '' then
        if string.find(words, '^ %S') then return nil, nil, 'newer' end
      elseif token == asker or listens(channel) then
        local fence = tick()
        local grant = text .. ' ' .. token .. ' ' .. lock
        if token ~= asker then permit('SPUBLISH', channel, grant) end
        redis.call('ZREM', queue, first)
        redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
        if token ~= asker then redis.call('SPUBLISH', channel, grant) end
        return token, fence
      end
    end
    redis.call('ZREM', queue, first)
    spare, first = spare - 1, nil
  end
  return nil, nil, redis.call('EXISTS', queue) == 1 and 'more' or nil
end

-- Hands the lock off; with nobody found it is free. Who is first need not be given.
local function giveBack(lock, queue, first)
  local next, _, left = offer(lock, queue, first)
  if next then return { ${OUTCOME.handedOff}, next, given } end
  redis.call('DEL', lock)
  return left == 'more' and ${OUTCOME.releasedMore} or ${OUTCOME.released}
end
`;
