import type { RawClient } from '../redis/raw-client.js';

/** Makes every grace on a server be over now, as if so much time had passed. Undeclared keys of any slot. */
const END = `
for _, key in ipairs(redis.call('KEYS', 'holdfast:*epoch:*')) do
  local history, rest, began = string.match(redis.call('GET', key), '^(%x+) %d+ (%d+ (%d+) %S+)$')
  redis.call('SET', key, history .. ' ' .. began .. ' ' .. rest)
end
return redis.status_reply('OK')`;

/** A first start costs a grace, like any other. What comes after it need not wait for that. */
export async function afterFirstStart(...servers: readonly RawClient[]): Promise<void> {
  await Promise.all(servers.map((server) => server.command('EVAL', END, '0')));
}
