import type { Action } from './action.js';
import { drain } from './drain.js';
import { History } from './history.js';
import { Party } from './party.js';
import { Server } from './server.js';
import type { Session } from './session.js';
import { type Budget, budgetOf, type Shape } from './shape.js';
import type { Specimen } from './specimen.js';

const NAMES = 'abc';

/**
 * Lockers, their lines and one server, at a standstill. Whatever can happen next is an action, and
 * happens when it is taken; the engines in it are the real ones.
 */
export class World {
  readonly shape: Shape;
  readonly parties: readonly Party[];
  readonly server: Server;
  readonly left: Budget;
  readonly history: History;
  now = 0;

  constructor(shape: Shape, specimen: Specimen) {
    this.shape = shape;
    this.left = budgetOf(shape);
    const receivers = new Map<string, Session>();
    this.server = new Server(specimen, receivers);
    this.parties = Array.from({ length: shape.lockers }, (_, index) => {
      const name = NAMES[index] as string;
      const party = new Party(name, () => this.now, this.server, specimen);
      receivers.set(name, party.session);
      return party;
    });
    this.history = new History(this.parties);
  }

  take(action: Action): void {
    const { kind, party: index, place } = action;
    const party = this.parties[index] as Party;
    const { session } = party;
    this.history.note(this, action);
    switch (kind) {
      case 'acquire':
        party.acquire(`lock-${place}`, (this.shape.aborts ?? 0) > 0);
        break;
      case 'abort':
        this.left.aborts -= 1;
        party.abort(callAt(party, place));
        break;
      case 'renew':
        this.left.renewals -= 1;
        party.renew(callAt(party, place));
        break;
      case 'release':
        party.release(callAt(party, place));
        break;
      case 'crash':
        this.left.crashes -= 1;
        party.crash();
        break;
      case 'wake':
        party.clock.ring();
        break;
      case 'serve':
        session.serve(requestAt(session, place), this.now);
        break;
      case 'answer':
        session.answer(requestAt(session, place));
        break;
      case 'cut':
        this.left.cuts -= 1;
        session.cut(requestAt(session, place));
        break;
      case 'restore':
        session.restore();
        break;
      case 'subscribe':
        session.subscribe();
        break;
      case 'hear':
        session.hear();
        break;
      case 'break':
        this.left.breaks -= 1;
        session.break();
        break;
      case 'notice':
        session.notice();
        break;
      case 'pass':
        this.left.passes -= 1;
        this.now = this.next;
    }
    drain();
  }

  /** The next moment at which something is due somewhere. */
  get next(): number {
    let next = this.server.next(this.now);
    for (const { alive, clock } of this.parties) if (alive) next = Math.min(next, clock.next);
    return next;
  }

  /** All that later steps depend on. Two worlds of the same shape and state have the same future. */
  state(): string {
    let state = `${this.now}|${Object.values(this.left).join()}|${this.server.state(this.now)}`;
    for (const [index, { session, alive }] of this.parties.entries()) {
      state += `|${this.history.of(index)}${alive ? '' : 'x'}`;
      for (const { asked, said, awaited } of session.requests) {
        state += `,${asked}${said}${awaited ? 1 : 0}`;
      }
      for (const message of session.messages) {
        state +=
          message.kind === 'grant' ? `>${message.grant.token} ${message.grant.fencingToken}` : '>';
      }
      state += `${session.subscribing ? 's' : ''}${session.disconnected ? 'd' : ''}`;
    }
    return state;
  }

  discard(): void {
    for (const party of this.parties) party.discard();
  }
}

function callAt(party: Party, place: number): Party['calls'][number] {
  return party.calls[place] as Party['calls'][number];
}

function requestAt(session: Session, place: number): Session['requests'][number] {
  return session.requests[place] as Session['requests'][number];
}
