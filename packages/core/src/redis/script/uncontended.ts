import { OUTCOME } from './outcome.js';
import { LAST_TICK, QUEUE_PREFIX } from './state.js';

/**
 * What needs no functions of ours: renewals, and releases and acquires of locks that nobody waits
 * for. The values found in one call still hold here: no lock is taken before the last release.
 */
export const uncontended: string = `
local i, a = 0, 3 -- operations and arguments that were read
local rest = {} -- what is left for later, in its order: kind, operation, value of the lock, arguments

-- renew: extends the lease; never shortens it, a request under way for long must not undo a later one
-- ARGV  token, ttl   reply  fence | lost
for _ = 1, renewals do
  local value, token, ttl = found[i + 2], args[a + 1], args[a + 2]
  i, a = i + 1, a + 2
  if value and string.find(value, token .. ' ', 1, true) == 1 then
    local extended = redis.pcall('PEXPIRE', KEYS[i + 1], ttl, 'GT')
    local failed = type(extended) == 'table' and extended.err
    reply[i] = failed or tonumber(string.sub(value, #token + 2)) or ${OUTCOME.lost}
  else
    reply[i] = ${OUTCOME.lost}
  end
end

-- release   ARGV  token   reply  released | lost
local free, f = {}, 0
for _ = 1, releases do
  local lock, value, token = KEYS[i + 2], found[i + 2], args[a + 1]
  i, a = i + 1, a + 1
  if
    not value
    or string.find(value, token, 1, true) ~= 1
    or not string.find(value, '^ %d+$', #token + 1)
  then
    reply[i] = ${OUTCOME.lost}
  elseif lined and redis.call('EXISTS', '${QUEUE_PREFIX}' .. lock) == 1 then
    rest[#rest + 1] = { 'release', i, value }
  else
    f = f + 1
    free[f], reply[i] = lock, ${OUTCOME.released}
  end
end
if f > 0 then
  local freed = redis.pcall('DEL', unpack(free))
  for j = i - releases + 1, type(freed) == 'table' and i or 0 do
    if reply[j] == ${OUTCOME.released} then reply[j] = freed.err end
  end
end

-- acquire, in groups of equal terms   ARGV  count, ttl, place, then each token   reply  fence
local quick = groups > 0 and given + #KEYS < ${LAST_TICK}
if quick then
  local now = redis.call('TIME')
  time = now[1] * 1000000 + now[2]
  if given < time then given = time - 1 end
end
for _ = 1, groups do
  local count, ttl, place = args[a + 1], args[a + 2], args[a + 3]
  a = a + 3
  for _ = 1, count do
    local token, value = args[a + 1], nil
    i, a = i + 1, a + 1
    local lock = KEYS[i + 1]
    if quick and not (lined and redis.call('EXISTS', '${QUEUE_PREFIX}' .. lock) == 1) then
      given = given + 1
      text = string.format('%d', given)
      value = redis.pcall('SET', lock, token .. ' ' .. text, 'PX', ttl, 'NX', 'GET')
    end
    if value == false then
      reply[i] = given
    else
      rest[#rest + 1] = { 'acquire', i, value, token, ttl, place }
    end
  end
end

-- All others   ARGV  kind, token, ttl
while i < #KEYS - 1 do
  i, a = i + 1, a + 3
  rest[#rest + 1] = { args[a - 2], i, nil, args[a - 1], args[a] }
end
`;
