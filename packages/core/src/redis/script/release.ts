import { OUTCOME } from './outcome.js';
import { wasHeld } from './epoch.js';
import { QUEUE, SHOWN } from './state.js';

const compare = `    local due = expected and expected()
    local ours = not expected or found[i + 1] == due
    if not ours then reckon() end`;

/** A waiter is only handed a lock when it is known whose data it is. */
const waitedFor = `      if first and first[1] then
        reckon()
        if grace then first = nil end
      end
`;

/** The release of a grant that was lost with the data was right. */
const outlived = `    elseif grace and not ours and wasHeld(found[i + 1], due) then
      reply[i] = ${OUTCOME.released}
`;

/** Gives the lock back, if nobody waits. */
export const release = (graced: boolean): string => `${graced ? wasHeld : ''}
-- ARGV  none; in ARGV[2] token and fence   reply  released | lost, holder
if releases > 0 then
  local free, f = {}, 0
  local left = {} -- locks that go to whoever waits, or that are free, where somebody may ask
  for _ = 1, releases do
    i = i + 1
    local lock = KEYS[i + 1]
${graced ? compare : '    local ours = not expected or found[i + 1] == expected()'}
    if left[lock] == 'passed' then
      rest[#rest + 1] = { 'lost', i }
${graced ? outlived : ''}    elseif not ours then
      local holder = not left[lock] and found[i + 1]
      reply[i], smooth = { ${OUTCOME.lost}, holder and string.sub(holder, 1, ${SHOWN}) }, false
    else
      local first = lined${graced ? ' and not grace' : ''} and redis.pcall('ZRANGE', base .. '${QUEUE}' .. lock, '0', '0')
${graced ? waitedFor : ''}      if first and (first[1] or first.err) then
        rest[#rest + 1], left[lock] = { 'release', i, first[1] }, 'passed'
      else
        if expected then left[lock] = 'free' end
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
  -- reply  released | released, more | handed off, token, fence | handed off, more, token, fence
  if kind == 'release' then
    return (giveBack(lock, queue, value))
  end
  -- One before it in this batch has handed the lock off.
  if kind == 'lost' then
    return { ${OUTCOME.lost}, shown(read(lock)) }
  end
`;
