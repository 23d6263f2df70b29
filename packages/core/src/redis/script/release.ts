import { OUTCOME } from './outcome.js';

/** Gives the lock back and hands it to the first waiter whose process is still listening. */
export const release: string = `
-- ARGV  token   reply  released | handed off | lost
function operations.release(lock, token)
  if not fenceOf(read(lock), token) then return ${OUTCOME.lost} end
  return handOff(lock) and ${OUTCOME.handedOff} or ${OUTCOME.released}
end
`;
