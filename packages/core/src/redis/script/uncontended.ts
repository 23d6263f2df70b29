import { OUTCOME } from './outcome.js';
import { LAST_TICK } from './state.js';

/**
 * What needs no look at a line: renewals and, as long as nobody waits for any lock, releases and
 * acquires. The values found in one call still hold here: no lock is taken before the last release.
 */
export const uncontended: string = `
local i, a = 0, 3 -- operations and arguments that were read
local rest = {} -- what is left for later, in its order: kind, operation, arguments

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
  local value, token = found[i + 2], args[a + 1]
  i, a = i + 1, a + 1
  if lined then
    rest[#rest + 1] = { 'release', i, token }
  elseif
    not value
    or string.find(value, token, 1, true) ~= 1
    or not string.find(value, '^ %d+$', #token + 1)
  then
    reply[i] = ${OUTCOME.lost}
  else
    f = f + 1
    free[f], reply[i] = KEYS[i + 1], ${OUTCOME.released}
  end
end
if f > 0 then
  local freed = redis.pcall('DEL', unpack(free))
  for j = i - releases + 1, type(freed) == 'table' and i or 0 do
    if reply[j] == ${OUTCOME.released} then reply[j] = freed.err end
  end
end

-- acquire, in groups of equal terms   ARGV  count, ttl, place, then each token   reply  fence
local quick = groups > 0 and not lined and given + #KEYS < ${LAST_TICK}
if quick then
  local now = redis.call('TIME')
  time = now[1] * 1000000 + now[2]
  given = math.max(time - 1, given)
end
for _ = 1, groups do
  local count, ttl, place = args[a + 1], args[a + 2], args[a + 3]
  a = a + 3
  for _ = 1, count do
    local token, taken = args[a + 1], nil
    i, a = i + 1, a + 1
    if quick then
      given = given + 1
      local value = token .. ' ' .. string.format('%d', given)
      taken = redis.pcall('SET', KEYS[i + 1], value, 'PX', ttl, 'NX', 'GET') == false
    end
    if taken then
      reply[i] = given
    else
      rest[#rest + 1] = { 'acquire', i, token, ttl, place }
    end
  end
end

-- All others   ARGV  kind, token, ttl
while i < #KEYS - 1 do
  i, a = i + 1, a + 3
  rest[#rest + 1] = { args[a - 2], i, args[a - 1], args[a] }
end
`;
