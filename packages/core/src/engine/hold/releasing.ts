import {
  type AcquisitionMessage,
  releaseTopic,
  releaseUnansweredTopic,
} from '../../diagnostics.js';
import type { Failure, Holder, ReleaseOperation, Room } from '../../store/port.js';
import type { Context } from '../context.js';
import { granteeOf } from '../lock-holder.js';
import { Release } from '../operations.js';
import { type Answer, persist, type Persistent } from '../retry.js';
import type { Settlements } from '../settlements.js';
import type { Lease } from './lease.js';
import { type Loss, reasonBy } from './loss.js';

/** Whose grant is given back. */
export interface Giver {
  readonly name: string;
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;
  readonly identity: AcquisitionMessage;
  /** When the lock was granted, on the monotonic clock. */
  readonly since: number;
  /** It was answered, or will not be. */
  gaveBack(): void;
  /** Gives back what the server may still keep of it, within `time` ms. */
  settle(time: number): Promise<void>;
  /** A loss that is noticed now. */
  lossBy(reason: 'gone' | 'taken', holder: Holder | undefined): Loss;
}

/** What it takes to give a lock back. */
interface Means {
  readonly context: Context;
  readonly settlements: Settlements;
}

/** The lock is being given back. */
export class Releasing implements Persistent<ReleaseOperation> {
  readonly kind = 'releasing';
  readonly done: Promise<void>;
  readonly #means: Means;
  readonly #giver: Giver;
  readonly #lease: Lease;
  /** Its owner was told long ago that the work was protected: what became of the lock since is no loss. */
  readonly #wasKept: boolean;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(means: Means, giver: Giver, lease: Lease, wasKept: boolean) {
    this.#means = means;
    this.#giver = giver;
    this.#lease = lease;
    this.#wasKept = wasKept;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  // Not an async function: its frame would be the largest thing that an acquisition allocates.
  begin(): void {
    const { context } = this.#means;
    context.keepAlive.enter();
    const until = context.clock.now() + context.commandTimeout;
    const { renewal } = this.#lease;
    if (renewal === undefined) this.#ask(until);
    else void renewal.then(() => this.#ask(until));
  }

  #ask(until: number): void {
    const { key, token, fencingToken, room } = this.#giver;
    // What was kept has a lease that is longer than the one that its owner knew.
    const end = Math.max(this.#lease.end, this.#wasKept ? until : 0);
    const effort = {
      urgency: 'giving back',
      until: Math.min(until, end),
      worthUntil: end,
    } as const;
    const release = new Release(key, token, fencingToken, room);
    persist(this.#means.context, release, effort, this);
  }

  answered({ outcome, repeated }: Answer<ReleaseOperation>): void {
    this.#end();
    if (outcome.kind === 'released') {
      if (outcome.more) this.#means.settlements.advance(this.#giver.key);
      this.#report(outcome.next);
    } else if (repeated) {
      // After an attempt without an answer, "lost" can be the echo of our own release.
      this.#report(undefined);
    } else if (!this.#wasKept) {
      const loss = this.#giver.lossBy(reasonBy(outcome.holder), outcome.holder);
      loss.publish();
      this.#reject(loss.error);
      return;
    }
    this.#resolve();
  }

  failed({ error }: Failure): void {
    this.#end();
    const { name, identity, since } = this.#giver;
    void this.#giver.settle(Math.max(this.#lease.end - this.#means.context.clock.now(), 0));
    const cause = error.of(name, 'release');
    if (releaseUnansweredTopic.heard) {
      releaseUnansweredTopic.publish({
        ...identity,
        blockedFor: this.#lease.blocksFor(since),
        cause,
      });
    }
    this.#reject(cause);
  }

  #end(): void {
    this.#giver.gaveBack();
    this.#means.context.keepAlive.leave();
  }

  #report(to: Parameters<typeof granteeOf>[0]): void {
    if (!releaseTopic.heard) return;
    const { context } = this.#means;
    const { identity, since } = this.#giver;
    const next = granteeOf(to, context.lockerId);
    const heldFor = context.clock.now() - since;
    releaseTopic.publish({ ...identity, heldFor, handedOff: next !== undefined, next });
  }
}
