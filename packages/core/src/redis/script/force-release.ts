import { OUTCOME } from './outcome.js';

/** Takes the lock from whoever holds it and hands it to the first waiter still listening. */
export const forceRelease: string = `
-- KEYS  lock, queue   reply  released, handed off | lost | foreign, type
operations.forceRelease = function()
  local lock, queue = KEYS[k + 1], KEYS[k + 2]
  k = k + 2

  local value, foreign = read(lock)
  if foreign then return answer(${OUTCOME.foreign}, foreign) end
  if not value then return answer(${OUTCOME.lost}) end
  answer(${OUTCOME.released}, handOff(lock, queue) and 1 or 0)
end
`;
