import { OUTCOME } from './outcome.js';

/** Takes the lock from whoever holds it and hands it to the first waiter still listening. */
export const forceRelease: string = `
  -- reply  forced, holder, released | forced, holder, released, more
  --        | forced, holder, handed off, token, fence | lost | foreign, type
  if kind == 'forceRelease' then
    local value, foreign = read(lock)
    if foreign then return { ${OUTCOME.foreign}, foreign } end
    if not value then return ${OUTCOME.lost} end
    local freed = giveBack(lock, queue)
    if type(freed) ~= 'table' then freed = { freed } end
    return { ${OUTCOME.forced}, shown(value), unpack(freed) }
  end
`;
