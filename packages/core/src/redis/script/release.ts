import { OUTCOME } from './outcome.js';
import { QUEUE_PREFIX } from './state.js';

/** Gives the lock back, if nobody waits. */
export const release: string = `
-- ARGV  token   reply  released | lost
local free, f = {}, 0
local passed = lined and {} -- locks that go to somebody else
for _ = 1, releases do
  local lock, value, token = KEYS[i + 2], found[i + 2], args[a + 1]
  i, a = i + 1, a + 1
  local first = lined and redis.pcall('ZRANGE', '${QUEUE_PREFIX}' .. lock, '0', '0')
  if lined and passed[lock] then
    -- What was found is not so any more.
    rest[#rest + 1] = { 'release', i, nil, token }
  elseif
    not value
    or string.find(value, token, 1, true) ~= 1
    or not string.find(value, '^ %d+$', #token + 1)
  then
    reply[i] = ${OUTCOME.lost}
  elseif first and (first[1] or first.err) then
    rest[#rest + 1], passed[lock] = { 'release', i, first[1] }, true
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
`;

/** Hands the lock to the first waiter whose process is still listening; if need be, looks again. */
export const pass: string = `
  -- ARGV  token, if it is not known to hold the lock   reply  released | handed off | lost
  if kind == 'release' then
    if token and not fenceOf(read(lock), token) then return ${OUTCOME.lost} end
    local failure, next = handOff(lock, queue, value)
    return failure or next and ${OUTCOME.handedOff} or ${OUTCOME.released}
  end
`;
