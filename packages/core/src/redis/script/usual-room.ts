import { LINE_LIFETIME } from '../../store/protocol.js';
import { agreesTo } from './epoch.js';
import { IS_WAITER, MEMBER } from './hand-off.js';
import { OUTCOME } from './outcome.js';
import { BEFORE_ALL_MOMENTS, broken, changes, CROWD, expire, OWN_FIELDS, WIDE } from './rooms.js';
import { LEASES, LINE_TOLD, MARKER, QUEUE, ROOM, WAKE } from './state.js';

/** One more is inside, by the number that was drawn last. */
const enter = (token: string, due: string): string => `
        came, ends = came or {}, ends or {}
        came[#came + 1], came[#came + 2] = ${token}, text .. ' ' .. noted
        ends[#ends + 1], ends[#ends + 2] = ${due}, ${token}
        seen[${token}] = nil
`;

/** Reads what is there. */
const look = `
  -- What all want. The words are our own: demand, which judges those of others, costs more.
  local words = asked.words
  local weight, limit, noted, most = 1, math.huge, '1 0', '0'
  if words ~= ' shared' then
    most, weight = string.match(words, '(%d+) (%d+)$')
    weight, limit, noted = tonumber(weight), tonumber(most), weight .. ' ' .. most
  end

  -- Of the line, one more than leave.
  local heads, next = none, 1
  if lined and asked.moves then heads = redis.pcall('ZRANGE', queue, '0', asked.leaving) end
  if heads.err then return end
  for _, member in ipairs(asked.leaving > 0 and heads or none) do
    if string.sub(member, -#words) ~= words then return end
  end

  -- Who is inside: how much they have, of how much, how many with this limit, and whose lease ends first.
  local value = redis.pcall('GET', lock)
  local state, bound, used, alike, soonest = none, limit, 0, 0, nil
  if type(value) == 'string' then
    state = redis.pcall('HMGET', holders, 'generation', 'used', 'limit', 'limit ' .. most, unpack(asked))
    used, alike = tonumber(state[2] or nil), tonumber(state[4] or nil) or 0
    if not used or '${MARKER}' .. (state[1] or '') ~= value or most ~= '0' and alike == 0 then return end
    bound = math.min(limit, tonumber(state[3] or nil) or math.huge)
    if used <= 0 or used > bound then return end
    soonest = redis.pcall('ZRANGE', leases, '(0', '+inf', 'BYSCORE', 'LIMIT', '0', '1', 'WITHSCORES')
    if not soonest[2] or tonumber(soonest[2]) <= start then return end
    if redis.call('HLEN', holders) ~= redis.call('ZCARD', leases) + ${OWN_FIELDS} then return end
  elseif value or heads[1] or redis.pcall('EXISTS', holders, leases) ~= 0 then
    return
  end
  local before, seen = used, {}
  for j, token in ipairs(asked) do seen[token] = state[j + 4] or false end

  -- The first one must not fit. If it wants all of it, nobody leaves.
  local successor, ttl, wants, locker, channel
  if heads[1] then
    successor, ttl, wants, locker, channel = waiter(heads[1])
    if wants ~= '' and (wants ~= words or used + weight <= bound) then return end
  end
`;

/** Reckons. What was drawn and answered counts for nothing where it gives up. */
const reckon = (graced: boolean): string => `
  -- What is to be written: the new room, who goes, who comes with its terms and until when, who stays for
  -- longer, who stands in line, and who is told.
  local generation, gone, came, ends, longer, members, tickets, places, awards
  for _, group in ipairs(asked.groups) do
    local kind, at, due = group[1], group[2] - 1, nil
${
  graced
    ? `    if kind == 'acquire' and not (${agreesTo('group.ttl')}) then return end
`
    : ''
}    if kind ~= 'release' then due = after(group.ttl) end
    local scores = kind == 'renew' and redis.call('ZMSCORE', leases, unpack(group.tokens))
    for j, token in ipairs(group.tokens) do
      local terms = kind ~= 'acquire' and group.fences[j] .. ' ' .. noted
      if seen[token] ~= terms then return end
      if kind == 'renew' then
        if not scores[j] or tonumber(scores[j]) <= start then return end
        longer = longer or {}
        longer[#longer + 1], longer[#longer + 2] = due, token
        reply[at + j] = ${OUTCOME.renewed}
      elseif kind == 'release' then
        gone = gone or {}
        gone[#gone + 1], seen[token] = token, nil
        if heads[next] then -- which gets what is given back: nothing more, for nobody fits beside
          reply[at + j] = { ${OUTCOME.handedOff}, successor, tick() }
${enter('successor', 'after(ttl)')}          awards = awards or {}
          awards[#awards + 1] = { locker, channel, text .. ' ' .. successor .. ' ' .. lock }
          next = next + 1
          if heads[next] then
            successor, ttl, wants, locker, channel = waiter(heads[next])
            if wants ~= words then return end
          end
        else
          reply[at + j] = ${OUTCOME.released}
          used, alike = used - weight, alike - 1
          if most ~= '0' and (alike == 0) ~= (used == 0) then return end
        end
      elseif not heads[next] and used + weight <= bound then
        if used == 0 then -- a room that was empty is a new one
          tick()
          generation, before = text, 0
        end
        reply[at + j] = tick()
${enter('token', 'due')}        used, alike = used + weight, alike + 1
      else
        if group.place ~= 'new' or not listens(base .. '${WAKE}' .. string.match(token, '^[^/]*') .. here) then return end
        members, tickets, places = members or {}, tickets or {}, places or {}
        members[#members + 1], places[#places + 1] = token .. ' ' .. group.ttl .. words, at + j
        reply[at + j] = -tick()
        tickets[#tickets + 1], seen[token] = text, nil
      end
    end
  end
  if used < 0 or used == 0 and (members or heads[next]) then return end
  local former = members and redis.call('ZMSCORE', queue, unpack(members))
`;

/** All that is needed, and what the rules would need. */
const rights = `
  local may = redis.acl_check_cmd
  if not (${changes('lock', 'holders', 'leases')
    .map((change) => `may(${change}) and `)
    .join('')}
    may('HMGET', holders, 'used') and may('ZRANGE', leases, '0', '0') and
    (not generation or may('SET', lock, '')) and
    (not heads[1] or may('ZREM', queue, 'x')) and
    (not members or may('PEXPIRE', queue, '${LINE_LIFETIME}') and may('ZADD', queue, '0', 'x'))) then return end
`;

/** Writes. Nothing of it should fail: the rights were asked for, and the data types seen. */
const write = `
  begun = true
  if used == 0 then
    redis.call('DEL', lock)
    redis.call('UNLINK', holders, leases)
    return
  end
  if generation then
    if value then redis.call('UNLINK', holders, leases) end
    redis.call('SET', lock, '${MARKER}' .. generation)
    came[#came + 1], came[#came + 2] = 'generation', generation
    came[#came + 1], came[#came + 2] = 'limit', most ~= '0' and most or ''
    if most ~= '0' then ends[#ends + 1], ends[#ends + 2] = limit - ${BEFORE_ALL_MOMENTS}, most end
  end
  if used > ${CROWD} and before <= ${CROWD} then
    redis.call('HSET', holders, 'wide', '${WIDE}')
    redis.call('ZADD', leases, '0', '${WIDE}')
  end
  if used ~= before then
    came = came or {}
    came[#came + 1], came[#came + 2] = 'used', string.format('%d', used)
    if most ~= '0' then came[#came + 1], came[#came + 2] = 'limit ' .. most, string.format('%d', alike) end
  end
  if gone then
    redis.call('HDEL', holders, unpack(gone))
    redis.call('ZREM', leases, unpack(gone))
  end
  if came then redis.call('HSET', holders, unpack(came)) end
  if ends then redis.call('ZADD', leases, unpack(ends)) end
  if longer then redis.call('ZADD', leases, 'XX', 'GT', unpack(longer)) end
  if gone or ends or longer then
    soonest = nil
${expire('lock', 'holders', 'leases')}  end
  if next > 1 then redis.call('ZREM', queue, unpack(heads, 1, next - 1)) end
`;

/** Those who have to wait. What is told to one counts for the next one as well, if it stands behind it. */
const standInLine = `
  -- reply  waiting, holder, remaining, ticket, enqueued, clock | for those: -ticket
  if members then
    soonest = soonest or redis.call('ZRANGE', leases, '(0', '+inf', 'BYSCORE', 'LIMIT', '0', '1', 'WITHSCORES')
    local terms = redis.call('HMGET', holders, soonest[1])[1] or ''
    local who, remaining = soonest[1] .. ' ' .. (string.match(terms, '^%d+') or 0), math.max(soonest[2] - start, 0)
    local added, behind = {}, nil
    for j, member in ipairs(members) do
      local place, ticket = places[j], tonumber(former[j] or nil)
      local drawn = -reply[place]
      if ticket then
        reply[place] = { ${OUTCOME.waiting}, who, remaining, ticket, 0, drawn }
      else
        if place ~= behind then reply[place] = { ${OUTCOME.waiting}, who, remaining, drawn, 1, drawn } end
        added[#added + 1], added[#added + 2] = tickets[j], member
      end
      behind = not ticket and place + 1
    end
    if added[1] then redis.call('ZADD', queue, unpack(added)) end
    redis.call('PEXPIRE', queue, '${LINE_LIFETIME}')
    lined = string.format('%d', math.max(lined or 0, time / 1000 + ${LINE_TOLD}))
  end
`;

/** What is done for one room, all or nothing. */
const usualRoom = (graced: boolean): string => `
  local none = {}
  local begun -- something is written

  -- The end of a lease, as it is written. Mostly it is as the last one.
  local start, lasting, over = math.floor(time / 1000), nil, nil
  local function after(ttl)
    if ttl ~= lasting then lasting, over = ttl, string.format('%d', start + ttl) end
    return over
  end

  -- A waiter that can be told: token, ttl, words, locker, channel.
  local function waiter(member)
    local token, locker, owner, ttl, words = string.match(member, '${MEMBER}')
    local channel = ${IS_WAITER} and base .. '${WAKE}' .. locker .. here
    if channel and listens(channel) and (locker == self or redis.acl_check_cmd('SPUBLISH', channel, '')) then
      return token, ttl, words, locker, channel
    end
  end

local function usual(lock, asked)
  local holders, leases, queue = base .. '${ROOM}' .. lock, base .. '${LEASES}' .. lock, base .. '${QUEUE}' .. lock
${look}${reckon(graced)}${rights}${write}${standInLine}
  if awards then
    for _, one in ipairs(awards) do award(unpack(one)) end
    spare = spare - #awards
  end
end
`;

/**
 * What most rooms are asked for: all of a batch want the same, no lease is over, and whoever waits
 * first wants the same too and listens, or wants all of it. Then the first in line follows each who
 * leaves, and who comes behind somebody waits. It is reckoned first, and written at once. Where it is not
 * so, or a call fails, nothing was changed, and the rules are run.
 *
 * It leads where the rules lead, without the functions for them: to create those takes longer than this.
 */
export const usualRooms = (graced: boolean): string => `
if later and time${graced ? ' and not grace' : ''} then
  -- Nothing overtakes what asks for the same lock in another way.
  for _, left in ipairs(rest) do
    if not left.tokens then
      for _, lock in ipairs(left[1] == 'acquireAll' and left[3] or { KEYS[left[2] + 1] }) do
        if later[lock] then later[lock].done = false end
      end
    end
  end
  local untried = false
  for _, asked in pairs(later) do untried = untried or asked.done == nil end
  if untried then${usualRoom(graced)}
  local others = {}
  for _, left in ipairs(rest) do
    local lock = KEYS[left[2] + 1]
    local asked = left.tokens and later[lock]
    if asked and asked.done == nil then
      local drawn, written = given, text
      begun = false
      local done, failure = pcall(usual, lock, asked)
      asked.done = begun
      if not begun then given, text = drawn, written end
      if begun and not done then${broken}      end
    end
    if not asked or not asked.done then others[#others + 1] = left end
  end
  rest = others
  end
end
`;
