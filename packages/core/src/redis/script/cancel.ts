/** Makes certain that a token neither waits for the lock nor holds it. */
export const cancel = `
-- KEYS  lock, queue   ARGV  token, ttl   reply  cancelled
operations.cancel = function()
  local lock, queue, token, ttl = KEYS[k + 1], KEYS[k + 2], ARGV[a + 1], ARGV[a + 2]
  k, a = k + 2, a + 2

  redis.call('ZREM', queue, token .. ' ' .. ttl)
  if fenceOf(read(lock), token) then handOff(lock, queue) end
  answer('cancelled')
end
`;
