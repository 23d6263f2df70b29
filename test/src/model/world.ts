import type { Action, Step } from './action.js';
import { drain } from './drain.js';
import type { Former } from './former.js';
import { subscribed } from './hand-offs.js';
import { History } from './history.js';
import type { Letter } from './letter.js';
import { NAMES, Party } from './party.js';
import { Server } from './server.js';
import type { Session } from './session.js';
import { type Budget, budgetOf, type Shape } from './shape.js';
import type { Slot } from './slot.js';
import type { Specimen } from './specimen.js';
import { take } from './take.js';
import { isThrough } from './through.js';

/**
 * Lockers, their lines and one server with its replica, at a standstill. Whatever can happen next is
 * an action, and happens when it is taken; the engines in it are the real ones.
 */
export class World {
  readonly shape: Shape;
  readonly parties: readonly Party[];
  server: Server;
  /** The master that was replaced, and goes on. */
  former: Former | undefined;
  readonly left: Budget;
  readonly history: History;
  /** Locks that were handed over, and that nobody has adopted yet. */
  readonly letters: Letter[] = [];
  now = 0;

  constructor(shape: Shape, specimen: Specimen) {
    this.shape = shape;
    this.left = budgetOf(shape);
    const receivers = new Map<string, Session>();
    const { grace: time } = shape;
    const grace = time === undefined ? time : { scope: 'lock-', time, lag: 0 };
    this.server = new Server(specimen, receivers, grace, shape.cluster);
    this.parties = Array.from({ length: shape.lockers }, (_, index) => {
      const name = NAMES[index] as string;
      const party = new Party(name, () => this.now, this.server, specimen, shape);
      receivers.set(name, party.session);
      return party;
    });
    this.history = new History(this.parties);
  }

  take(action: Action): void {
    const { party: index, reaction } = action;
    const party = this.parties[index] as Party;
    if (action.slot !== undefined) this.#goes(action.slot);
    this.history.note(this, action);
    party.reaction = reaction;
    subscribed(
      (token) => party.handedOff(token),
      () => {
        take(this, action);
        drain();
      },
    );
    if (reaction === undefined) return;
    const reacted = party.reaction === undefined;
    party.reaction = undefined;
    if (!reacted) return;
    this.left.reactions -= 1;
    this.history.noteReaction(index, reaction);
  }

  #goes(step: Step): void {
    const slot = this.server.slot as Slot;
    if (!slot.moving) this.left.moves -= 1;
    slot.step(step);
  }

  /** The lockers that something may still happen to which makes a difference, and their places. */
  get active(): readonly (readonly [number, Party])[] {
    return [...this.parties.entries()].filter(([, party]) => !isThrough(this, party));
  }

  /** The next moment at which something is due somewhere. */
  get next(): number {
    let next = this.server.next(this.now);
    for (const { alive, clock } of this.parties) if (alive) next = Math.min(next, clock.next);
    return next;
  }

  /** All that later steps depend on. Two worlds of the same shape and state have the same future. */
  state(): string {
    const through = new Set(this.parties.filter((one) => isThrough(this, one)));
    const names = new Set(Array.from(through, ({ name }) => name));
    const there = this.server.state(this.now, names);
    let state = `${this.now}|${Object.values(this.left).join()}|${there}`;
    const { losses, flushes, returns } = this.left;
    if (losses + returns > 0) state += this.server.reigns.past;
    if (flushes + this.server.reigns.losses > 0) state += `!${this.server.reigns.losses}`;
    if (this.former !== undefined) state += `/${this.former.state(this.now)}`;
    if (this.shape.shares !== undefined) state += JSON.stringify([...this.server.ended]);
    for (const { token, fencingToken } of this.letters) state += `@${token} ${fencingToken}`;
    for (const [index, party] of this.parties.entries()) {
      if (through.has(party)) {
        state += '|-';
        continue;
      }
      const { session, alive } = party;
      state += `|${this.history.of(index)}${alive ? '' : 'x'}`;
      for (const { asked, said, sent, awaited, server, outcome } of session.requests) {
        state += `,${asked}${said}${sent ? 1 : 0}${awaited ? 1 : 0}`;
        if (server === this.former?.server) state += this.former.isLate(outcome) ? 'f' : 'b';
      }
      if (session.server === this.former?.server) state += 'f';
      for (const { number, subscribing, messages } of session.wake.all) {
        state += `#${number}${subscribing ? 's' : ''}`;
        for (const message of messages) {
          state +=
            message.kind === 'grant'
              ? `>${message.grant.token} ${message.grant.fencingToken}`
              : `>${message.kind}`;
          if (this.former?.isLate(message) === false) state += 'b';
        }
      }
      if (session.disconnected) state += 'd';
    }
    return state;
  }

  discard(): void {
    for (const party of this.parties) party.discard();
  }
}
