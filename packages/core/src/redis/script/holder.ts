/** Who holds a lock, where it has not been read yet. */
export const holder: string = `
-- The string, or false, or nil and the data type that stands in the way.
local function read(lock)
  local value = redis.pcall('GET', lock)
  if type(value) ~= 'table' then return value end
  if string.sub(value.err, 1, 9) ~= 'WRONGTYPE' then error(value, 0) end
  return nil, redis.call('TYPE', lock).ok
end

-- The fencing token, if the value says that this token holds the lock.
local function fenceOf(value, token)
  if value and string.find(value, token .. ' ', 1, true) == 1 then
    return tonumber(string.sub(value, #token + 2))
  end
end
`;
