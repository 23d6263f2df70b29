import { rooms } from './rooms.js';
import { LAST_TICK, MARKER, SHOWN, WAKE } from './state.js';

/** Who holds a lock, where it has not been read yet. */
export const holder: string = `
-- The string, or false, or nil and the data type that stands in the way.
local function read(lock)
  local value = redis.pcall('GET', lock)
  if type(value) ~= 'table' then return value end
  if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then error(value, 0) end
  return nil, redis.call('TYPE', lock).ok
end

-- As it is told to others; false: nobody holds it.
local function shown(value)
  return value and string.sub(value, 1, ${SHOWN}) or false
end

-- The fencing token, if the value says that this token holds the lock. With a number that we cannot
-- have given out it is a holder like any other that is not ours.
local function fenceOf(value, token)
  if not value or string.sub(value, 1, #token + 1) ~= token .. ' ' then return end
  local fence = tonumber(string.match(value, '^[1-9]%d*$', #token + 2) or nil)
  return fence and fence <= ${LAST_TICK} and fence
end

-- Whether what is shown of a lock is of a client of another kind, which tells nobody when it is done.
local function foreign(shown)
  if string.sub(shown, 1, ${MARKER.length}) == '${MARKER}' then return false end
  local owner, fence = string.match(shown, '^[%w_-]+/[%w_-]+(%S*) ([1-9]%d*)$')
  return not (owner and (owner == '' or string.sub(owner, 1, 1) == '/') and tonumber(fence) <= ${LAST_TICK})
end

-- Tells the locker of a token, if it listens, that this grant is over. It asks whether that is so.
local function tell(word, holder, lock)
  local token, locker, fence = string.match(holder, '^(([%w_-]+)/%S+) (%d+)$')
  local channel = token and base .. '${WAKE}' .. locker .. here
  if not token or not listens(channel) or not redis.acl_check_cmd('SPUBLISH', channel, '') then return end
  redis.call('SPUBLISH', channel, word .. ' ' .. fence .. ' ' .. token .. ' ' .. lock)
end

local member -- of several locks, the one that is looked at

-- The functions for rooms, made when the first one is met.
local made
local function rooms()
  made = made or (function()${rooms}
return {
  after = after, at = at, checked = checked, demand = demand, depart = depart, drop = drop, ended = ended,
  ending = ending, enter = enter, extend = extend, failed = failed, first = first, fits = fits, forget = forget,
  front = front, inside = inside, known = known, leave = leave, moment = moment, open = open, order = order,
  pass = pass, reap = reap, settle = settle, sync = sync,
}
end)()
  return made
end

-- The room that the lock is, or nil; what stands there; and the data type, if it is another.
local function look(lock)
  local room = made and made.known[lock]
  if room then return room, '${MARKER}' .. room.generation end
  local value, foreign = read(lock)
  if value and string.sub(value, 1, ${MARKER.length}) == '${MARKER}' then room = rooms().at(lock, value) end
  return room, value, foreign
end
`;
