import {
  createLocker,
  type Locker,
  type LockerOptions,
  RedisUnreachableError,
} from '@holdfast/core';
import { exact } from '../output/span.js';
import { epochKey, readEpoch } from './epoch.js';
import { addressOf, type ConnectionOptions, type Target, targetOf } from './options.js';
import { type Grace, SLACK } from './parse-grace.js';
import { Server } from './server.js';

/** Of the first slot of a cluster: who begins an epoch there begins it in all of them. */
const FIRST_TAG = 'fHh';
const MOVED = /^MOVED 0 (\S*):(\d+)$/;

/** Others with this prefix have a grace, and what was given does not go with it. Nothing was taken. */
class FleetMismatchError extends Error {
  override readonly name: string = 'FleetMismatchError';
  readonly code = 'GRACE_MISMATCH';
}

interface FleetRecord {
  /** As a person would look for it. */
  readonly key: string;
  /** The shortest grace that somebody counts on, in ms. Undefined: the record does not tell. */
  readonly shortest: number | undefined;
}

/** How a locker is to be opened. */
export interface FleetOptions extends LockerOptions {
  /** In ms. */
  readonly ttl: number;
  readonly grace: Grace | undefined;
}

/**
 * A locker that may change who holds what: with the grace that others have, or with none if nobody has one.
 *
 * @throws {FleetMismatchError} if that is not so, and it can be seen.
 */
export async function joinFleet(options: ConnectionOptions, asked: FleetOptions): Promise<Locker> {
  if (asked.grace !== undefined) {
    // Before it opens: a shorter grace would be written down, and count for all.
    assertAgreed(options, asked, await recordOf(options));
    return await createLocker(asked);
  }
  const locker = await createLocker(asked);
  try {
    assertAgreed(options, asked, await recordOf(options));
    return locker;
  } catch (error) {
    await locker.close();
    throw error;
  }
}

function assertAgreed(
  options: ConnectionOptions,
  { grace, ttl }: FleetOptions,
  record: FleetRecord | undefined,
): void {
  if (record === undefined) return;
  const { key, shortest } = record;
  const whose = `the lockers with the prefix '${prefixOf(options)}' at ${addressOf(targetOf(options).url)}`;
  if (grace === undefined) {
    const time = shortest === undefined ? '' : ` of ${exact(shortest)}`;
    throw new FleetMismatchError(
      `${whose} have a grace${time}, and this command has none: when the server has lost its data, it ` +
        `could let two hold one lock. Nothing was done. ${adviceOf(shortest, ttl)} ` +
        `If they have a grace no longer, delete ${key}.`,
    );
  }
  if (shortest === undefined || grace.for >= shortest) return;
  throw new FleetMismatchError(
    `--grace ${exact(grace.for)}: ${whose} have ${exact(shortest)}, and a shorter one would count for all ` +
      `of them. Nothing was done. ${adviceOf(shortest, ttl)} If theirs is to become shorter, change it there first.`,
  );
}

function adviceOf(shortest: number | undefined, ttl: number): string {
  if (shortest === undefined) return 'Give --grace, and --grace-lag, as they do.';
  const most = shortest - SLACK;
  const lease = ttl > most ? ` and --ttl ${exact(most)} or less` : '';
  return `Give --grace ${exact(shortest)}${lease}, and --grace-lag if they have a lag.`;
}

function prefixOf({ prefix = 'lock:' }: ConnectionOptions): string {
  return prefix;
}

/** Undefined: there is none, or this user may not look. */
async function recordOf(options: ConnectionOptions): Promise<FleetRecord | undefined> {
  const prefix = prefixOf(options);
  const target = targetOf(options);
  await using server = await Server.connect(target);
  const one = await server.tryAsk('GET', epochKey(prefix));
  if (typeof one === 'string') return { key: epochKey(prefix), shortest: readEpoch(one)?.shortest };
  const many = await askCluster(server, target, epochKey(prefix, FIRST_TAG));
  if (typeof many !== 'string') return undefined;
  return { key: `${epochKey(prefix, '*')} in all slots`, shortest: readEpoch(many)?.shortest };
}

/** Whoever has the first slot is asked, if another node says who that is. */
async function askCluster(server: Server, target: Target, key: string): Promise<unknown> {
  try {
    return await server.ask('GET', key);
  } catch (error) {
    if (error instanceof RedisUnreachableError) throw error;
    const [, host = '', port] = MOVED.exec(error instanceof Error ? error.message : '') ?? [];
    if (port === undefined) return undefined;
    return await askAt({ ...target, url: elsewhere(target.url, host, port) }, key);
  }
}

/** A master that is gone keeps nobody from the locks of the others. */
async function askAt(target: Target, key: string): Promise<unknown> {
  try {
    await using server = await Server.connect(target);
    return await server.tryAsk('GET', key);
  } catch {
    return undefined;
  }
}

/** Without a host it is the one that was asked. */
function elsewhere(url: string, host: string, port: string): string {
  const there = new URL(url);
  if (host !== '') there.hostname = host.includes(':') ? `[${host}]` : host;
  there.port = port;
  return there.href;
}
