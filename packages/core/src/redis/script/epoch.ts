import { HIGHEST_AHEAD, SLACK } from '../../store/grace.js';
import { OUTCOME } from './outcome.js';
import { MARKER, QUEUE } from './state.js';

/*
 * What the script has besides for lockers with a grace: it looks which reign of which server the data
 * is of, and as long as an epoch is new it grants nothing, and writes back what is still believed in.
 */

/** Stands before the prefix of the lock keys, behind what the key of the clock begins with. */
export const EPOCH = 'epoch:';

/** How long a `replid` is, which stands first in the key of the epoch: it is found by its place. */
const ID = 40;

/**
 * A master that was cut off refuses to write once it has not heard of its replicas for too long, but it looks
 * once in a second: and if it stood still, it writes again before it looks. How long each has been
 * silent is told as it is, in whole seconds. Nothing was written before this.
 */
const cutOff = `
  local good = args[5] > 0 and tonumber(string.match(facts, '\\nmin_slaves_good_slaves:(%d+)') or nil)
  if good then
    for silent in string.gmatch(facts, '\\nslave%d+:[^\\r]-,state=online,[^\\r]-lag=(%d+)') do
      if (silent + 1) * 1000 <= args[5] then good = good - 1 end
    end
    if good > 0 then error({ err = 'NOREPLICAS Not enough good replicas to write, as it turns out.' }) end
  end
`;

/**
 * In ARGV[1], behind the three numbers: the grace and the lag in ms, the prefix. Behind the ttl of a
 * renewal, or behind its fence, when the lease that is believed in ends in ms of the server's time, or 0.
 *
 * The process alone is no reign: one that is demoted, and promoted again, has been without the writes of
 * its successor. But the id of the replication changes also when a first replica comes: where it is
 * still the same, nothing else is asked.
 *
 * Releases alone do not ask, unless one finds a waiter, or not what it gives back: they take a lock from
 * nobody else and give it to nobody. The grace counts from the first batch that does more.
 */
export const epoch: string = `
local now -- once it was asked whose data it is
local grace -- so many ms are left, in which nobody is granted anything
local shortest, longest -- the grace that all count on, and the lease that it outlasts
local function reckon()
  if now then return end
  local span = args[4]
  if not time then
    local found = redis.call('TIME')
    time = found[1] * 1000000 + found[2]
  end
  if given < time then given = time - 1 end
  now = math.floor(time / 1000)
  local key = base .. '${EPOCH}' .. args[6]
  local written = redis.pcall('GET', key)
  local facts = redis.call('INFO', 'replication')
${cutOff}  if type(written) ~= 'string' then written = '' end
  local isSame = string.find(facts, '\\nmaster_replid:' .. string.sub(written, 1, ${ID}) .. '\\r', 1, true)
  local over
  if isSame then
    over, shortest = string.match(written, '^ (%d+) (%d+) ', ${ID + 1})
    over, shortest = tonumber(over), tonumber(shortest)
  end
  if not over or over > now or span < shortest then
    local known, history, began
    history, over, shortest, began, known = string.match(written, '^(%x+) (%d+) (%d+) (%d+) (%S+)$')
    over, shortest, began = tonumber(over), tonumber(shortest), tonumber(began)
    local altered = false
    if not known or not isSame then
      local server = redis.call('INFO', 'server')
      local reign, former = string.match(server, '\\nrun_id:(%x+)'), string.match(facts, '\\nmaster_replid2:(%x+)')
      history = string.match(facts, '\\nmaster_replid:(%x+)')
      if not reign or not former or not history then error('the server does not tell its identity', 0) end
      if string.find(former, '[^0]') then reign = reign .. ':' .. history end
      if known ~= reign then began, over, shortest = now, now + span, span end
      known, altered = reign, true
    end
    if over > now and began + span > over then
      -- One that counts on more can still have it: nothing was granted.
      over, altered = began + span, true
    end
    if span < shortest then shortest, altered = span, true end
    if altered then
      redis.call('SET', key, string.format('%s %d %d %d %s', history, over, shortest, began, known))
    end
    if over > now then grace = over - now end
  end
  longest = shortest - args[5] - ${SLACK}
end
if last > releases then reckon() end
`;

/** Whether the holder of a grant that is not there was right to believe in it. */
export const wasHeld: string = `
local function wasHeld(value, due)
  if not value or string.sub(value, 1, ${MARKER.length}) == '${MARKER}' then return true end
  local fence = tonumber(string.match(value, '^[%w_-]+/%S+ ([1-9]%d*)$') or nil)
  return fence and fence < tonumber(string.match(due, '%d+$'))
end
`;

/** Whether all count on a grace that outlasts a lease of so many ms. */
export const agreesTo = (ttl: string): string => `${ttl} - longest <= 0`;

/** Refuses to take a lock for longer than the others count on. */
export const agreed: string = `
    if ttl - longest > 0 then
      error('GRACE_MISMATCH ' .. ttl + args[5] + ${SLACK} .. ' ' .. shortest, 0)
    end`;

/** Nobody has the lock before the grace is over. */
export const lasting: string = `
    if grace and remaining ~= -1 then remaining = math.max(remaining, grace) end
`;

/** Writes back what was lost. */
export const reclaim: string = `
-- Those inside who can never be there together with this one, and its own grant; nil: one of them
-- was granted later.
local function displaced(room, token, fence, weight, limit, demand)
  local found = {}
  local function judge(other, later, used, most)
    if later > fence then return false end
    found[#found + 1] = { other, used, most }
    return true
  end
  local held, used, most = rooms().inside(room, token)
  if held and tonumber(held) == fence and used .. ' ' .. most ~= demand then return end
  if rooms().fits(room, weight, limit) then
    if held and not judge(token, tonumber(held), used, most) then return end
    return found
  end
  rooms().sync(room)
  local all = redis.call('HGETALL', room.holders)
  for j = 1, #all, 2 do
    local held, used, most = string.match(all[j + 1], '^(%d+) (%d+) (%d+)$')
    if held and string.find(all[j], '/', 1, true) then
      local least = most == '0' and limit or math.min(most, limit)
      local clash = all[j] == token or used + weight > least
      if clash and not judge(all[j], tonumber(held), used, most) then return end
    end
  end
  return found
end

-- A grant that somebody believes in stands there again, under its own number. Of two that cannot be
-- inside together, the higher one was granted later. False: it is over.
local function reclaim(lock, token, noted, ttl, believed, words)
  local fence = tonumber(noted)
  if not believed or believed <= now or fence > time + ${HIGHEST_AHEAD} then return false end
  local room, value, foreign = look(lock)
  if foreign then return false end
  local weight, limit, demand, most = 1, 1
  if words then weight, limit, demand, most = rooms().demand(words) end
  local gone
  if room then
    gone = displaced(room, token, fence, weight, limit, demand)
    if not gone then return false end
  elseif value then
    local later = tonumber(string.match(value, '^[%w_-]+/%S+ ([1-9]%d*)$')
      or string.match(value, '^${MARKER}([1-9]%d*)$') or nil) -- of a room of which others deleted a part
    if not later or later > fence then return false end
  end
  permit('SET', KEYS[1], clock)
  permit('SET', lock, '')
  -- Who has it does not wait for it.
  redis.call('ZREM', base .. '${QUEUE}' .. lock, token .. ' ' .. ttl .. (words or ''))
  given = math.max(given, fence)
  text = string.format('%d', given)
  for _, one in ipairs(gone or {}) do rooms().leave(room, unpack(one)) end
  if words then
    room = room or rooms().open(lock, ttl)
    rooms().enter(room, token, ttl, weight, demand, most, noted)
  else
    if room then rooms().drop(room) end
    redis.call('SET', lock, token .. ' ' .. noted, 'PX', ttl)
  end
  return true
end
`;

/** A lock that was held exclusively, and is not there. */
export const reclaimed: string = `
  -- reply  reclaimed | lost, holder
  if kind == 'reclaim' then
    local owner, fence = string.match(value, '^(%S+) (%d+)$')
    if reclaim(lock, owner, fence, ttl, place) then return ${OUTCOME.reclaimed} end
    local _, holder = look(lock)
    return { ${OUTCOME.lost}, shown(holder) }
  end
`;
