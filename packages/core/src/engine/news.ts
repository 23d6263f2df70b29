import type {
  Grant,
  GrantChannel,
  Revocation,
  Room,
  StoreListener,
  StoreSession,
} from '../store/port.js';
import type { Claim } from './claim/claim.js';
import type { Lines } from './claim/line.js';
import type { Context } from './context.js';
import type { Holds } from './hold/holds.js';
import { Release } from './operations.js';
import type { Settlements } from './settlements.js';

/** A grant that is given back in a room is told by its number alone, whatever it has taken there. */
const SHARED: Room = { limit: Infinity, weight: 1 };

/** What the store may have news for. */
export interface NewsRooms {
  readonly context: Context;
  readonly lines: Lines<Claim>;
  readonly holds: Holds;
  readonly settlements: Settlements;
}

/** What the store tells a locker on its own: it goes to the one that it is for. */
export class News implements StoreListener {
  readonly #context: Context;
  readonly #lines: Lines<Claim>;
  readonly #holds: Holds;
  readonly #settlements: Settlements;

  constructor({ context, lines, holds, settlements }: NewsRooms) {
    this.#context = context;
    this.#lines = lines;
    this.#holds = holds;
    this.#settlements = settlements;
  }

  granted(grant: Grant): void {
    const { key, token } = grant;
    const claim = this.#lines.find(key, token);
    if (claim !== undefined) {
      claim.pushed(grant);
      return;
    }
    // A second grant for a token that was already held: the first one is over, and nobody can
    // believe in this one.
    const hold = this.#holds.olderThan(grant);
    if (hold !== undefined) {
      hold.lose('gone');
      this.#giveBack(releaseOf(grant, hold.room));
      return;
    }
    // Nobody waits here. While its claim is being withdrawn, that ends it. Otherwise the push is an
    // echo of a grant that was found without it, and that may be somebody else's by now: or a server that
    // came up with the data of before has served the line of before, whose calls have ended.
    if (this.#settlements.pushed(token)) return;
    if (!this.#holds.neverHad(grant)) return;
    this.#giveBack(releaseOf(grant, undefined), releaseOf(grant, SHARED));
  }

  #giveBack(operation: Release, amongOthers?: Release): void {
    const time = this.#context.commandTimeout;
    void this.#settlements.settle({ operation, amongOthers, time });
  }

  revoked(revocation: Revocation): void {
    this.#holds.deny(revocation);
  }

  reconnected(channels?: ReadonlySet<GrantChannel>): void {
    this.#lines.askAll(channels);
  }
}

function releaseOf({ key, token, fencingToken }: Grant, room: Room | undefined): Release {
  return new Release(key, token, fencingToken, room);
}

/**
 * Listens before anybody waits.
 *
 * @throws what kept it from listening; the session is closed then.
 */
export async function listenWith(session: StoreSession): Promise<void> {
  const failure = await session.listen();
  if (failure === undefined) return;
  session.close();
  throw failure.error;
}
