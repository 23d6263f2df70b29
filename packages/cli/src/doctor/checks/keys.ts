import type { Server } from '../../connection/server.js';
import { counted } from '../../output/counted.js';
import { type Finding, findingsOf } from '../finding.js';
import { some } from '../some.js';

const { good, danger, unknown } = findingsOf('keys');

/** Keys of a page, and pages at most: enough for a million keys. */
const PAGE = '1000';
const PAGES = 1_000;

/** Keys under the prefix that can be no locks: whoever asks for such a name gets an error. */
export async function checkKeys(server: Server, prefix: string): Promise<Finding[]> {
  // Without a prefix all that is in the database is there in its own right.
  if (prefix === '') return [];
  const match = `${prefix.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)}*`;
  const others: string[] = [];
  let cursor = '0';
  for (let page = 0; page < PAGES; page += 1) {
    // The next page is known when this one is here.
    // oxlint-disable-next-line no-await-in-loop
    const reply = await server.tryAsk('SCAN', cursor, 'MATCH', match, 'COUNT', PAGE);
    if (!Array.isArray(reply)) {
      return [unknown('this user may not look at what stands under the prefix', 'Allow +scan.')];
    }
    const [next, keys] = reply as [string, string[]];
    // oxlint-disable-next-line no-await-in-loop
    others.push(...(await foreign(server, keys)));
    cursor = next;
    if (cursor === '0') break;
  }
  if (others.length > 0) {
    const what = `${counted(others.length, 'key')} under ${prefix} can be no lock: ${some(others)}`;
    return [danger(what, 'Give locks a prefix of their own: keyPrefix, and --prefix here.')];
  }
  if (cursor === '0') return [good(`nothing but locks under ${prefix}`)];
  const what = `nothing but locks under ${prefix}, as far as it was looked at`;
  return [unknown(what, 'The database is large: give locks a database of their own.')];
}

async function foreign(server: Server, keys: readonly string[]): Promise<string[]> {
  // In one go, as they stand in line on the connection.
  const types = await Promise.all(keys.map((key) => server.tryAsk('TYPE', key)));
  return keys.flatMap((key, index) => {
    const type = String(types[index]);
    return ['string', 'none', 'undefined'].includes(type) ? [] : [`${key} (${type})`];
  });
}
