import { OUTCOME } from './outcome.js';
import { SHOWN } from './state.js';

/** One that was lost may be reclaimed: what comes last decides that. */
const miss = `  local due = expected and expected()
  if grace and due and found[i + 1] ~= due then
    rest[#rest + 1] = { 'reclaim', i, due, nil, ttl, args[a] }
  elseif due and found[i + 1] ~= due then`;

/**
 * Extends the lease. Never shortens it: a request under way for long must not undo a later one. A
 * lock that somebody made last for ever gets an expiry again.
 */
export const renew = (graced: boolean): string => `
-- ARGV  ttl${graced ? ', end' : ''}; in ARGV[2] token and fence   reply  renewed | lost, holder
for _ = 1, renewals do
  i, a = i + 1, a + ${graced ? 2 : 1}
  local lock, ttl = KEYS[i + 1], args[${graced ? 'a - 1' : 'a'}]
${graced ? miss : '  if expected and found[i + 1] ~= expected() then'}
    local holder = found[i + 1]
    reply[i], smooth = { ${OUTCOME.lost}, holder and string.sub(holder, 1, ${SHOWN}) }, false
  else
    local extended = redis.pcall('PEXPIRE', lock, ttl, 'GT')
    if extended == 0 and redis.pcall('PTTL', lock) == -1 then
      extended = redis.pcall('PEXPIRE', lock, ttl)
    end
    reply[i] = ${OUTCOME.renewed}
    if type(extended) == 'table' then reply[i], smooth = extended.err, false end
  end
end
`;
