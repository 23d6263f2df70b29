import { createHash } from 'node:crypto';
import { epoch } from './epoch.js';

/**
 * Looks whose data it is, and begins an epoch where that is due, without any operation: so that its grace
 * does not only begin when the first lock is asked for.
 *
 * KEYS  of the epoch   ARGV  in a list in JSON three numbers that count for nothing, the grace and the lag
 * in ms, the prefix; what stands before the name of the epoch
 * Reply: what is left of the grace in ms, or 0; the shortest one that somebody counts on
 */
export const BEGIN_SCRIPT: string = `#!lua flags=allow-oom
local args, base, time, given, last, releases = cjson.decode(ARGV[1]), ARGV[2], nil, 0, 1, 0
${epoch}
return { grace or 0, shortest }
`;

/** By which the server knows it once it is loaded. */
export const BEGIN_DIGEST: string = createHash('sha1').update(BEGIN_SCRIPT).digest('hex');
