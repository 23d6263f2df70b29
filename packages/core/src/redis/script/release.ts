import { OUTCOME } from './outcome.js';
import { QUEUE_PREFIX } from './state.js';

/** Gives the lock back, if nobody waits. */
export const release: string = `
-- ARGV  none; in ARGV[2] token and fence   reply  released | lost
if releases > 0 then
  local free, f = {}, 0
  local passed = {} -- locks that go to somebody else
  for _ = 1, releases do
    i = i + 1
    local lock = KEYS[i + 1]
    if expected and found[i + 1] ~= expected() or passed[lock] then
      reply[i], smooth = ${OUTCOME.lost}, false
    else
      local first = lined and redis.pcall('ZRANGE', '${QUEUE_PREFIX}' .. lock, '0', '0')
      if first and (first[1] or first.err) then
        rest[#rest + 1], passed[lock] = { 'release', i, first[1] }, true
      else
        f = f + 1
        free[f], reply[i] = lock, ${OUTCOME.released}
      end
    end
  end
  if f > 0 then
    local freed = redis.pcall('DEL', unpack(free))
    for j = i - releases + 1, type(freed) == 'table' and i or 0 do
      if reply[j] == ${OUTCOME.released} then reply[j], smooth = freed.err, false end
    end
  end
end
`;

/** Hands the lock to the first waiter whose process is still listening. */
export const pass: string = `
  -- reply  released | released, more | handed off
  if kind == 'release' then
    return giveBack(lock, queue, value)
  end
`;
