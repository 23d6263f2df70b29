import { RESERVED_PREFIX } from '../../store/protocol.js';
import type { Span, View } from '../../store/view.js';
import { baseOf, type SlotPlace, wakeChannelOf } from '../commit/batch.js';
import type { Connection } from '../connections/connection.js';
import { codeOf, isForOneKey } from '../refusal.js';
import { WAKE } from '../script/state.js';
import { DIGEST, SCRIPT } from './script.js';
import { viewsOf } from './view.js';

/**
 * Looks at all of these locks in one step. `place`: in a cluster, the slot that they are in. One of
 * several that this user may not touch is left out.
 */
export async function lookAt(
  connection: Connection,
  keys: readonly string[],
  span: Span,
  place?: SlotPlace,
): Promise<View[]> {
  const { holders, waiting, endsFrom, behind, grace } = span;
  const from = endsFrom === undefined ? '(0' : String(endsFrom);
  const after = behind === undefined ? '-inf' : `(${behind}`;
  const args = [String(holders), String(waiting), from, after];
  if (place !== undefined) args.push(baseOf(place.tag), `:${place.node}`);
  else if (grace !== undefined) args.push(RESERVED_PREFIX, '');
  if (grace !== undefined) args.push(grace.scope, String(grace.time ?? ''));
  const command = ['EVALSHA', DIGEST, String(keys.length), ...keys, ...args];
  const channelOf = (lockerId: string): string =>
    place === undefined ? RESERVED_PREFIX + WAKE + lockerId : wakeChannelOf(place, lockerId);
  try {
    return viewsOf(await run(connection, command), keys, channelOf);
  } catch (error) {
    if (!(error instanceof Error) || keys.length === 1 || !isForOneKey(error.message)) throw error;
    const each = await Promise.all(keys.map((key) => lookIfAllowed(connection, key, span, place)));
    return each.flat();
  }
}

async function lookIfAllowed(
  connection: Connection,
  key: string,
  span: Span,
  place: SlotPlace | undefined,
): Promise<View[]> {
  try {
    return await lookAt(connection, [key], span, place);
  } catch (error) {
    if (error instanceof Error && isForOneKey(error.message)) return [];
    throw error;
  }
}

/** NOSCRIPT: the server was restarted or its scripts were flushed. */
async function run(connection: Connection, command: string[]): Promise<unknown> {
  try {
    return await connection.command(command);
  } catch (error) {
    if (!(error instanceof Error && codeOf(error.message) === 'NOSCRIPT')) throw error;
    await connection.command(['SCRIPT', 'LOAD', SCRIPT]);
    return connection.command(command);
  }
}
