import type { RawClient } from '../redis/raw-client.js';
import { KEYS } from './steps.js';

const PASS = `
for _, key in ipairs(KEYS) do
  local left = redis.call('PTTL', key) - ARGV[1]
  if left > 0 then redis.call('PEXPIRE', key, left) else redis.call('DEL', key) end
  if redis.call('TYPE', key).ok == 'zset' and string.find(key, ':leases:', 1, true) then
    for _, token in ipairs(redis.call('ZRANGE', key, '0', '+inf', 'BYSCORE')) do
      redis.call('ZINCRBY', key, -ARGV[1], token)
    end
  end
end`;
/** Takes time off every key, as if it had passed. `base`: what stands before the names of all beside the locks. */
export async function passIn(admin: RawClient, base: string, ms: number): Promise<void> {
  const perishable = ['', `${base}queue:`, `${base}room:`, `${base}leases:`].flatMap((prefix) =>
    KEYS.map((key) => prefix + key),
  );
  await admin.command('EVAL', PASS, String(perishable.length), ...perishable, String(ms));
}
