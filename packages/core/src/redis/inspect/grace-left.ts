import { EPOCH } from '../script/epoch.js';

/**
 * What is left of a grace: as in `script/epoch.ts`, but nothing is begun and nothing is written.
 *
 * ARGV: behind the others the scope, and how long a grace would last that began now, or an empty text
 * Who may not ask the server for its identity is told what stands in the epoch, whoever reigns now.
 */
export const graceLeft: string = `
local function graceLeft()
  local scope, span = ARGV[7], tonumber(ARGV[8])
  local written = redis.pcall('GET', base .. '${EPOCH}' .. scope)
  if type(written) ~= 'string' then written = '' end
  local history, over, began, known = string.match(written, '^(%x+) (%d+) %d+ (%d+) (%S+)$')
  if not known then return span or 0 end
  over, began = tonumber(over), tonumber(began)
  local facts = redis.pcall('INFO', 'replication')
  if type(facts) == 'string' and not string.find(facts, '\\nmaster_replid:' .. history .. '\\r', 1, true) then
    local server = redis.call('INFO', 'server')
    local reign, former = string.match(server, '\\nrun_id:(%x+)'), string.match(facts, '\\nmaster_replid2:(%x+)')
    if former and string.find(former, '[^0]') then
      reign = (reign or '') .. ':' .. (string.match(facts, '\\nmaster_replid:(%x+)') or '')
    end
    if reign ~= known then return span or over - began end
  end
  local at = now[1] * 1000 + math.floor(now[2] / 1000)
  if over > at and span then over = math.max(over, began + span) end
  return math.max(over - at, 0)
end
`;
