import { OUTCOME } from './outcome.js';

/** Gives the lock back and hands it to the first waiter whose process is still listening. */
export const release: string = `
-- KEYS  lock, queue   ARGV  token   reply  released, handed off | lost
operations.release = function()
  local lock, queue, token = KEYS[k + 1], KEYS[k + 2], args[a + 1]
  k, a = k + 2, a + 1

  if not fenceOf(read(lock), token) then return answer(${OUTCOME.lost}) end
  answer(${OUTCOME.released}, handOff(lock, queue) and 1 or 0)
end
`;
