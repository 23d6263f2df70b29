import type { Grace } from '../store/grace.js';
import type { StoreListener } from '../store/port.js';
import { beginAtOpening } from './commit/begin.js';
import type { Connection } from './connections/connection.js';
import { askForRights } from './rights.js';

/**
 * What a locker asks of a server before it has any lock there: the rights that it needs, and whose data it is. In a
 * cluster each slot is asked for the latter.
 */
export function askAtOpening(
  connection: Connection,
  grace: Grace | undefined,
  listener: StoreListener,
): Promise<void> {
  return connection.prepare(async () => {
    await askForRights(connection);
    if (connection.facts?.mode !== 'cluster') await beginAtOpening(connection, grace, listener);
  });
}
