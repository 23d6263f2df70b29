import type { Agenda } from '../runtime/agenda.js';
import { LockerClosedError } from '../errors.js';
import { lockerIdOf } from '../store/protocol.js';
import type { Grant, StoreListener } from '../store/port.js';
import type { ConnectionSource } from './connections/client.js';
import { Connection } from './connections/connection.js';
import { WAKE_PREFIX } from './script/hand-off.js';

/** The pause before another try after the channel was lost or could not be opened, in ms. */
const RETRY_PAUSE = 100;

/**
 * The channel on which the server tells this locker that one of its waiters holds a lock. On a
 * connection of its own, opened on the first contended acquire, opened anew whenever it is lost.
 */
export class WakeChannel {
  readonly #source: ConnectionSource;
  readonly #lockerId: string;
  readonly #listener: StoreListener;
  readonly #agenda: Agenda;
  #connection: Connection | undefined;
  /** One that is not subscribed yet. */
  #coming: Connection | undefined;
  #opening: Promise<void> | undefined;
  #closed = false;

  constructor(source: ConnectionSource, lockerId: string, listener: StoreListener, agenda: Agenda) {
    this.#source = source;
    this.#lockerId = lockerId;
    this.#listener = listener;
    this.#agenda = agenda;
  }

  /** Whether the server has acknowledged a subscription that stands. */
  get listening(): boolean {
    return this.#connection !== undefined;
  }

  /** Resolves when `listening`. Rejects if one try to open the channel failed. */
  async listen(): Promise<void> {
    if (this.#closed) throw new LockerClosedError();
    if (this.#connection !== undefined) return;
    this.#opening ??= this.#open();
    await this.#opening;
  }

  /** Opens the channel anew, then closes the old one: the old one may be deaf without knowing. */
  relisten(): void {
    if (this.#closed || this.#opening !== undefined) return;
    this.#opening = this.#open();
    this.#opening.then(
      () => this.#listener.reconnected(),
      () => {},
    );
  }

  close(): void {
    this.#closed = true;
    this.#coming?.close();
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #open(): Promise<void> {
    const connection = new Connection(this.#source, 'wake');
    this.#coming = connection;
    try {
      await connection.connect();
      connection.onLost = () => this.#onLost(connection);
      const channel = WAKE_PREFIX + this.#lockerId;
      await connection.subscribe(channel, (message) => this.#onMessage(message));
      const former = this.#connection;
      this.#connection = connection;
      former?.close();
    } finally {
      this.#coming = undefined;
      this.#opening = undefined;
    }
  }

  #onLost(connection: Connection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    while (!this.#closed && this.#connection === undefined) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        await this.listen();
        this.#listener.reconnected();
      } catch {
        // oxlint-disable-next-line no-await-in-loop
        await this.#agenda.pause(RETRY_PAUSE);
      }
    }
  }

  /** Anything but a grant to this locker is ignored. */
  #onMessage(message: string): void {
    const grant = parseGrant(message);
    if (grant !== undefined && lockerIdOf(grant.token) === this.#lockerId) {
      this.#listener.granted(grant);
    }
  }
}

/** `<fencing token> <owner token> <lock key>`; the key can contain anything. */
function parseGrant(message: string): Grant | undefined {
  const match = /^([1-9]\d{0,15}) (\S+) (.+)$/s.exec(message);
  if (match === null) return undefined;
  const [, fence, token, key] = match as unknown as [string, string, string, string];
  const fencingToken = Number(fence);
  return Number.isSafeInteger(fencingToken) ? { fencingToken, token, key } : undefined;
}
