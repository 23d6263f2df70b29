import type { Grant } from '../../../packages/core/dist/store/port.js';
import type { Party } from './party.js';
import type { Request } from './request.js';
import type { Server } from './server.js';
import type { Session } from './session.js';
import type { WakeChannel } from './wake-channel.js';

/**
 * How a master that was replaced can be trusted too far.
 *
 * - `its channels`: what it says is heard by those who listen at the new one, as if that had said it.
 * - `its answers`: what it was asked before its asker learned of the new one is still waited for.
 */
export type Trust = 'its channels' | 'its answers';

type Grantee = Pick<Grant, 'token' | 'fencingToken'>;

/**
 * A master that was replaced and goes on: it was stopped, or cut off, and now executes what waits in its sockets. The new
 * one has all that it had; what it does from now on, that one does not know. Whoever has not learned of the new one still
 * asks it, and believes it: that is a write that was lost, and the only thing that lets two in.
 */
export class Former {
  readonly server: Server;
  /** What it had answered, and had said, before it was replaced: the new one knows that, too. */
  readonly #before = new Set<unknown>();
  /** What it has told those who did not know better, as token and fencing token. */
  readonly #believed = new Set<string>();

  constructor(server: Server, parties: readonly Party[]) {
    this.server = server;
    for (const { session } of parties) {
      for (const { outcome } of session.requests) this.#before.add(outcome);
      for (const { messages } of session.wake.all)
        for (const message of messages) this.#before.add(message);
    }
  }

  /** An answer arrives. */
  answers(session: Session, { operation, outcome, server }: Request): void {
    if (server !== this.server || session.server !== server || this.#before.has(outcome)) return;
    if (operation.kind === 'renew' && outcome?.kind === 'renewed') this.#tells(operation);
    if (operation.kind === 'acquire' && outcome?.kind === 'granted')
      this.#tells({ token: operation.token, fencingToken: outcome.fencingToken });
  }

  /** What was said on a channel arrives. */
  says(session: Session, message: WakeChannel['messages'][number] | undefined): void {
    if (session.server !== this.server || this.#before.has(message)) return;
    if (message?.kind === 'grant') this.#tells(message.grant);
  }

  /** Whether who believes in this grant was told by it, and did not know better. */
  vouches(grant: Grantee): boolean {
    return this.#believed.has(nameOf(grant));
  }

  state(now: number): string {
    return `${this.server.state(now, new Set())};${[...this.#believed].toSorted().join()}`;
  }

  /** Whether that was still to come when it was replaced. */
  isLate(said: unknown): boolean {
    return !this.#before.has(said);
  }

  #tells(grant: Grantee): void {
    this.#believed.add(nameOf(grant));
  }
}

function nameOf({ token, fencingToken }: Grantee): string {
  return `${token} ${fencingToken}`;
}
