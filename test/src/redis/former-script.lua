-- The script of the version before docs/protocol.md, whole: lockers that run it are still about.
local args = cjson.decode(ARGV[1])
local renewals, releases, groups = args[1], args[2], args[3]
local reply = {}
local smooth = renewals == 0 -- so far, all that was asked for is given back or taken

-- One call reads the clock and the locks that are renewed or given back.
local found = redis.call('MGET', unpack(KEYS, 1, 1 + renewals + releases))

-- The clock: what it gave out last and, as long as somebody may stand in a line, until when, in ms.
-- What we never wrote counts for nothing: the clock goes on with the time, as after a loss of data.
local clock = found[1] or redis.call('GET', KEYS[1]) or 0
local given, lined = tonumber(clock), nil
if not given then
  given, lined = string.match(clock, '^(%d+) (%d+)$')
  given = tonumber(given)
end
if not (given and given >= 0 and given <= 9000000000000000 and given % 1 == 0) then given = 0 end
-- Once a value of the clock was drawn: the time in microseconds, which stands still in a script, and
-- the value as it is written.
local time, text

local i, a = 0, 3 -- operations and arguments that were read
local rest = {} -- what is left for later: kind, operation, what was found, arguments

-- ARGV  token, ttl   reply  fence | lost
for _ = 1, renewals do
  local value, token, ttl = found[i + 2], args[a + 1], args[a + 2]
  i, a = i + 1, a + 2
  if value and string.find(value, token .. ' ', 1, true) == 1 then
    local extended = redis.pcall('PEXPIRE', KEYS[i + 1], ttl, 'GT')
    local failed = type(extended) == 'table' and extended.err
    reply[i] = failed or tonumber(string.sub(value, #token + 2)) or 7
  else
    reply[i] = 7
  end
end

-- ARGV[2]  for each a line: token and fence, as they stand in the lock   reply  released | lost
if releases > 0 then
  -- One string tells that all of them hold what they must. There is none where a lock holds nothing.
  local _, held = pcall(table.concat, found, '\n', renewals + 2)
  local expected = held ~= ARGV[2] and string.gmatch(ARGV[2], '[^\n]+')
  local free, f = {}, 0
  local passed = {} -- locks that go to somebody else
  for _ = 1, releases do
    i = i + 1
    local lock = KEYS[i + 1]
    if expected and found[i + 1] ~= expected() or passed[lock] then
      reply[i], smooth = 7, false
    else
      local first = lined and redis.pcall('ZRANGE', 'holdfast:queue:' .. lock, '0', '0')
      if first and (first[1] or first.err) then
        rest[#rest + 1], passed[lock] = { 'release', i, first[1] }, true
      else
        f = f + 1
        free[f], reply[i] = lock, 5
      end
    end
  end
  if f > 0 then
    local freed = redis.pcall('DEL', unpack(free))
    for j = i - releases + 1, type(freed) == 'table' and i or 0 do
      if reply[j] == 5 then reply[j], smooth = freed.err, false end
    end
  end
end

-- In groups of equal terms   ARGV  count, ttl, place, then each token   reply  fence
local quick = groups > 0 and given + #KEYS < 9000000000000000
if quick then
  local now = redis.call('TIME')
  time = now[1] * 1000000 + now[2]
  if given < time then given = time - 1 end
end
local head, tail -- the clock as it is written: all but its last two digits, and these
for _ = 1, groups do
  local count, ttl, place = args[a + 1], args[a + 2], args[a + 3]
  a = a + 3
  for _ = 1, count do
    local lock, token, value = KEYS[i + 2], args[a + 1], nil
    i, a = i + 1, a + 1
    if quick and not (lined and redis.call('EXISTS', 'holdfast:queue:' .. lock) == 1) then
      given = given + 1
      local unit = given % 100
      if unit == 0 or not head then head = string.format('%d', (given - unit) / 100) end
      tail = string.sub('00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899', 2 * unit + 1, 2 * unit + 2)
      value = redis.pcall('SET', lock, token .. ' ' .. head .. tail, 'PX', ttl, 'NX', 'GET')
    end
    if value == false then
      reply[i] = given
    else
      rest[#rest + 1] = { 'acquire', i, value, token, ttl, place }
    end
  end
end
if tail then text = head .. tail end

-- All others   ARGV  kind, token, ttl
while i < #KEYS - 1 do
  i, a = i + 1, a + 3
  rest[#rest + 1] = { args[a - 2], i, nil, args[a - 1], args[a] }
end

if #rest > 0 then

-- The next value of the clock.
local function tick()
  if not time then
    local now = redis.call('TIME')
    time = now[1] * 1000000 + now[2]
  end
  if given >= 9000000000000000 then error(KEYS[1] .. ' has come to its end', 0) end
  given = time > given and time or given + 1
  text = string.format('%d', given)
  return given
end

-- Gives the lock to the first waiter whose locker listens. Zero receivers: that process is gone.
-- Anything but a member that we wrote ourselves is dropped. A waiter is told last: nothing that may
-- still fail can take back what it was told.
local budget = 128 -- dead waiters that may still be cleared away
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
      if token == asker or redis.call('SPUBLISH', 'holdfast:wake:' .. locker, grant) > 0 then
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

local function apply(kind, lock, value, token, ttl, place)
  local queue = 'holdfast:queue:' .. lock

  -- reply  released | handed off
  if kind == 'release' then
    local failure, next = handOff(lock, queue, value)
    return failure or next and 6 or 5
  end

  -- ARGV  token, ttl, place: once | new | <ticket>
  -- reply  fence | granted, fence: the token held the lock already
  --        | waiting, remaining, ticket, enqueued, clock | busy, remaining | foreign, type
  if kind == 'acquire' then
    local foreign
    if type(value) ~= 'string' then
      value, foreign = read(lock)
      if foreign then return { 4, foreign } end
      if not value then
        local failure, next, fence = handOff(lock, queue, nil, token)
        if failure then return failure end
        if not next and redis.call('EXISTS', queue) == 0 then
          next, fence = token, tick()
          redis.call('SET', lock, token .. ' ' .. text, 'PX', ttl)
        end
        if next == token then return fence end
        value = redis.call('GET', lock)
      end
    end

    local fence = fenceOf(value, token)
    if fence then
      redis.call('PEXPIRE', lock, ttl, 'GT')
      return { 1, fence }
    end

    local remaining = redis.call('PTTL', lock)
    if remaining == -2 then remaining = 0 end
    if place == 'once' then return { 3, remaining } end

    local member, drawn = token .. ' ' .. ttl, tick()
    local ticket, enqueued = tonumber(redis.call('ZSCORE', queue, member) or nil), 0
    if not ticket then
      ticket, enqueued = place == 'new' and drawn or tonumber(place), 1
      redis.call('ZADD', queue, place == 'new' and text or place, member)
    end
    redis.call('PEXPIRE', queue, '30000')
    lined = string.format('%d', math.max(lined or 0, time / 1000 + 31000))
    return { 2, remaining, ticket, enqueued, given }
  end

  -- ARGV  token, ttl   reply  cancelled
  if kind == 'cancel' then
    redis.call('ZREM', queue, token .. ' ' .. ttl)
    return fenceOf(read(lock), token) and handOff(lock, queue) or 8
  end

  -- reply  released | handed off | lost | foreign, type
  if kind == 'forceRelease' then
    local value, foreign = read(lock)
    if foreign then return { 4, foreign } end
    if not value then return 7 end
    local failure, next = handOff(lock, queue)
    return failure or next and 6 or 5
  end

end

  for _, left in ipairs(rest) do
    local i = left[2]
    local done, answer = pcall(apply, left[1], KEYS[i + 1], unpack(left, 3, 6))
    reply[i] = done and answer or type(answer) == 'table' and answer.err or tostring(answer)
  end
end

if text then
  if lined and lined * 1000 > time then text = text .. ' ' .. lined end
  redis.call('SET', KEYS[1], text)
end
if smooth and #rest == 0 then return reply[releases + 1] or 5 end
return reply
