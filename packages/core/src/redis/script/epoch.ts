import { HIGHEST_AHEAD, SLACK } from '../../store/grace.js';
import { OUTCOME } from './outcome.js';
import { MARKER, QUEUE } from './state.js';

/*
 * What the script has besides for lockers with a grace: it looks which reign of which server the data
 * is of, and as long as an epoch is new it grants nothing, and writes back what is still believed in.
 */

/** Stands before the prefix of the lock keys, behind what the key of the clock begins with. */
const EPOCH_NAME = 'epoch:';

/** Of the key of the clock, which stands in its place. */
const CLOCK_NAME = 'clock';

/**
 * A master that was cut off refuses to write once it has not heard of its replicas for too long, but it looks
 * once in a second: and if it stood still, it writes again before it looks. How long each has been
 * silent is told as it is, in whole seconds.
 */
const cutOff = `
  local good = terms[3] > 0 and tonumber(string.match(facts, '\\nmin_slaves_good_slaves:(%d+)') or nil)
  if good then
    for silent in string.gmatch(facts, '\\nslave%d+:[^\\r]-,state=online,[^\\r]-lag=(%d+)') do
      if (silent + 1) * 1000 <= terms[3] then good = good - 1 end
    end
    if good > 0 then return { err = 'NOREPLICAS Not enough good replicas to write, as it turns out.' } end
  end
`;

/**
 * ARGV[3]  a list in JSON: the prefix; the grace and the lag in ms; the longest grace that an acquire of
 * this batch needs; and for each operation up to the last renewal, when the lease that is believed in
 * ends in ms of the server's time, or 0.
 *
 * The process alone is no reign: one that is demoted, and promoted again, has been without the writes of
 * its successor. But the id of the replication changes also when a first replica comes: where it is
 * still the same, nothing else is asked.
 */
export const epoch: string = `
local terms = cjson.decode(ARGV[3])
local untils = terms[5]
if not time then
  local found = redis.call('TIME')
  time = found[1] * 1000000 + found[2]
end
if given < time then given = time - 1 end
local now = math.floor(time / 1000)

local grace -- so many ms are left, in which nobody is granted anything
local shortest -- the grace that all count on
do
  local key = string.sub(KEYS[1], 1, -${CLOCK_NAME.length + 1}) .. '${EPOCH_NAME}' .. terms[1]
  local written = redis.pcall('GET', key)
  local known, history, began, over, least
  if type(written) == 'string' then
    known, history, began, over, least = string.match(written, '^(%S+) (%x+) (%d+) (%d+) (%d+)$')
  end
  began, over, shortest = tonumber(began), tonumber(over), tonumber(least)
  local altered = false
  local facts = redis.call('INFO', 'replication')
${cutOff}  if not known or not string.find(facts, '\\nmaster_replid:' .. history .. '\\r', 1, true) then
    local server = redis.call('INFO', 'server')
    local reign, former = string.match(server, '\\nrun_id:(%x+)'), string.match(facts, '\\nmaster_replid2:(%x+)')
    history = string.match(facts, '\\nmaster_replid:(%x+)')
    if not reign or not former or not history then error('the server does not tell its identity', 0) end
    if string.find(former, '[^0]') then reign = reign .. ':' .. history end
    if known ~= reign then began, over, shortest = now, now + terms[2], terms[2] end
    known, altered = reign, true
  end
  if over > now and began + terms[2] > over then
    -- One that counts on more can still have it: nothing was granted.
    over, altered = began + terms[2], true
  end
  if terms[2] < shortest then shortest, altered = terms[2], true end
  if altered then
    redis.call('SET', key, string.format('%s %s %d %d %d', known, history, began, over, shortest))
  end
  if over > now then grace = over - now end
end
local tooLong = terms[4] > shortest -- somebody counts on less than one of those who ask

-- Whether the holder of a grant that is not there was right to believe in it.
local function wasHeld(value, due)
  if not value or string.sub(value, 1, ${MARKER.length}) == '${MARKER}' then return true end
  local fence = tonumber(string.match(value, '^[%w_-]+/%S+ ([1-9]%d*)$') or nil)
  return fence and fence < tonumber(string.match(due, '%d+$'))
end
`;

/** Behind what must be so if a lock is to be granted at once. */
export const GRANTING = ' and not grace and not tooLong';

/** Refuses to take a lock for longer than the others count on. */
export const agreed: string = `
    if ttl + terms[3] + ${SLACK} > shortest then
      error('GRACE_MISMATCH ' .. ttl + terms[3] + ${SLACK} .. ' ' .. shortest, 0)
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
  local weight, limit, demand = 1, 1
  if words then weight, limit, demand = rooms().demand(words) end
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
    rooms().enter(room, token, ttl, weight, demand, noted)
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
