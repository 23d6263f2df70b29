import {
  HoldfastError,
  RedisRefusedError,
  RedisUnreachableError,
  RedisUnsupportedError,
} from '../../errors.js';
import { codeOf } from '../refusal.js';
import type { ConnectionSource } from '../connections/client.js';
import { Connection } from '../connections/connection.js';
import { ClusterSession, type ClusterSessionOptions } from './cluster-session.js';
import { countOpened } from '../open-lockers.js';
import { askForRights } from '../rights.js';
import { question } from './slot-inquiry.js';
import type { SlotRange } from './slot-ranges.js';

/**
 * Opens a session of a cluster, by what one of its nodes says.
 *
 * @throws {RedisUnreachableError | RedisRefusedError} if it does not say who serves what.
 * @throws {HoldfastError} if a master says that its locks cannot have the grace that is counted on.
 */
export async function openCluster(
  options: ClusterSessionOptions,
  connection: Connection,
  { address, host }: ConnectionSource,
): Promise<ClusterSession> {
  const ranges = await rangesBy(options, connection, { address, host });
  const session = new ClusterSession(options, ranges, countOpened(options.address));
  try {
    await session.beginEpochs();
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

async function rangesBy(
  { nodeAddressMap }: ClusterSessionOptions,
  connection: Connection,
  { address, host }: Pick<ConnectionSource, 'address' | 'host'>,
): Promise<readonly SlotRange[]> {
  try {
    return await question(connection, host, nodeAddressMap);
  } catch (error) {
    const isReply = error instanceof Error && codeOf(error.message) !== undefined;
    throw isReply
      ? new RedisRefusedError(address, error)
      : new RedisUnreachableError(address, 'does not say who serves what', error);
  }
}

/**
 * The same by whichever of these nodes is the first to be reached.
 *
 * @throws {HoldfastError} what kept the last of them from it.
 */
export async function openClusterAt(options: ClusterSessionOptions): Promise<ClusterSession> {
  let failure: unknown;
  for (const seed of options.seeds) {
    const connection = new Connection(seed, 'commands', options);
    try {
      // oxlint-disable-next-line no-await-in-loop -- the next one is for when this one does not answer
      await connection.connect();
      if (connection.facts?.mode !== 'cluster') {
        throw new RedisUnsupportedError(seed.address, 'it is no node of a cluster');
      }
      // oxlint-disable-next-line no-await-in-loop
      await connection.prepare(() => askForRights(connection));
      // oxlint-disable-next-line no-await-in-loop
      return await openCluster(options, connection, seed);
    } catch (error) {
      failure = error;
    } finally {
      connection.close();
    }
  }
  throw failure instanceof HoldfastError
    ? failure
    : new RedisUnreachableError(options.address, 'cannot be reached', failure);
}
