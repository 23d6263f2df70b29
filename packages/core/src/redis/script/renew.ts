import { OUTCOME } from './outcome.js';

/** Extends the lease. Never shortens it: a request under way for long must not undo a later one. */
export const renew: string = `
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
`;
