import { BATCH_BUDGET, HAND_OFF_BUDGET, LEAST_BUDGET, LONGEST_TTL } from '../../store/protocol.js';
import { OUTCOME } from './outcome.js';
import { LAST_TICK, TWO_DIGITS, WAKE } from './state.js';

/**
 * A member of a line: token, locker, owner, ttl, and what a newer version may have written after
 * them. See docs/protocol.md.
 */
export const MEMBER = '^(([%w_-]+)/[%w_-]+(%S*)) ([1-9]%d*)(.*)$';

/** Whether what was found by it is a waiter: no version writes anything else. */
export const IS_WAITER: string = `token and (owner == '' or string.sub(owner, 1, 1) == '/') and tonumber(ttl) <= ${LONGEST_TTL}`;

/** What all that follows needs: rights, numbers, listeners. */
export const means: string = `
-- Fails, as the server puts it, if this user may not run the command. Asked before the first change
-- for all that comes after it, so that what fails has changed nothing.
local function permit(...)
  return redis.acl_check_cmd(...) or redis.call(...)
end

-- The next value of the clock, which will be written.
local writable
local base100, upper -- all but its last two digits, and how they are written
local function tick()
  writable = writable or permit('SET', KEYS[1], clock)
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  if given >= ${LAST_TICK} then error(KEYS[1] .. ' has come to its end', 0) end
  given = time > given and time or given + 1
  local unit = given % 100
  if given - unit ~= base100 then
    base100 = given - unit
    upper = string.format('%d', base100 / 100)
  end
  text = upper .. string.sub('${TWO_DIGITS}', 2 * unit + 1, 2 * unit + 2)
  return given
end

-- Whether somebody listens at this server: asked once in a run. A message without a listener would
-- still be copied to the replicas, where one may hear it who was passed over here.
local heard = {}
local function listens(channel)
  if heard[channel] == nil then
    heard[channel] = redis.call('PUBSUB', 'SHARDNUMSUB', channel)[2] > 0
  end
  return heard[channel]
end

-- Tells a waiter that it has the lock.
local told
local function award(locker, channel, message)
  if locker == self then
    told = told or {}
    told[#told + 1] = message
  else
    redis.call('SPUBLISH', channel, message)
  end
end

local spare = ${BATCH_BUDGET} -- members that the whole batch may drop or let in, and leases that are over
`;

/** What all operations share on locks that somebody may wait for. */
export const handOff = (graced: boolean): string => `
local function refuse(lock)
  error('HOLDFAST_VERSION ' .. lock .. ' is waited for by a newer version, which is first in line', 0)
end

-- Gives the lock to the first waiter whose locker listens; in a room, to one after the other as long
-- as they fit. Others whose process is gone are dropped, as is what no version writes. Returns
--   the token and the fencing token of the first one that got it, or nil, nil
--   why it ended: nil: the line is at its end, or the lock taken; 'more' if there are still some to be
--     looked at; 'newer' if the first one is of a newer version; 'full' if the first one does not fit
--   the room that the lock is now, or nil
--   what the asker got, a fencing token or nil
-- A waiter is told last: nothing that may still fail can take back what it was told.
local function offer(lock, queue, room, first, asker)
${graced ? '  if grace then return nil, nil, nil, room end\n' : ''}  if room and room.line == 'full' then return nil, nil, 'full', room end
  if room and room.line == 'empty' then return nil, nil, nil, room end
  local next, fence, own
  for _ = 1, math.max(math.min(spare, ${HAND_OFF_BUDGET}), ${LEAST_BUDGET}) do
    if room then
      first = rooms().front(room)
    else
      first = first or redis.call('ZRANGE', queue, '0', '0')[1]
    end
    if not first then
      if room then room.line = 'empty' end
      return next, fence, nil, room, own
    end
    local token, locker, owner, ttl, words = string.match(first, '${MEMBER}')
    local channel, grant
    if ${IS_WAITER} then
      channel = base .. '${WAKE}' .. locker .. here
      local weight, limit, noted, most = 1, 1
      if words ~= '' then
        weight, limit, noted, most = rooms().demand(words)
        if not weight and string.find(words, '^ %S') then return next, fence, 'newer', room, own end
      end
      if weight and (token == asker or listens(channel)) then
        if room and not rooms().fits(room, weight, limit) then
          room.line = 'full'
          return next, fence, 'full', room, own
        end
        if token ~= asker and locker ~= self and not redis.acl_check_cmd('SPUBLISH', channel, '') then
          -- What has changed already stays.
          if room then return next, fence, 'full', room, own end
          redis.call('SPUBLISH', channel, '')
        end
        local drawn
        if words == '' then
          drawn = tick()
          redis.call('ZREM', queue, first)
          if room then rooms().drop(room) end
          redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
          if token ~= asker then award(locker, channel, text .. ' ' .. token .. ' ' .. lock) end
          return token, drawn, nil, nil, token == asker and drawn or nil
        end
        room = room or rooms().open(lock, ttl)
        drawn = rooms().enter(room, token, ttl, weight, noted, most)
        if not next then next, fence = token, drawn end
        if token == asker then own = drawn else grant = text .. ' ' .. token .. ' ' .. lock end
      end
    end
    if room then rooms().pass(room, first) else redis.call('ZREM', queue, first) end
    if grant then award(locker, channel, grant) end
    spare, first = spare - 1, nil
  end
  if room then rooms().depart(room) end
  return next, fence, redis.call('EXISTS', queue) == 1 and 'more' or nil, room, own
end

-- Hands the lock off; with nobody found it is free. Who is first need not be given. Those who are in
-- the room stay. The outcome, and whether there is more to be done.
local function giveBack(lock, queue, first, room)
  local next, fence, left, after = offer(lock, queue, room, first)
  local more = left == 'more'
  if next then return { more and ${OUTCOME.handedOffMore} or ${OUTCOME.handedOff}, next, fence }, more end
  if not after or after.used == 0 then
    if after then rooms().drop(after) end
    redis.call('DEL', lock)
  end
  return more and ${OUTCOME.releasedMore} or ${OUTCOME.released}, more
end
`;
