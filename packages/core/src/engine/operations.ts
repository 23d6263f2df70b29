import type {
  AcquireAllOperation,
  AcquireOperation,
  AdvanceOperation,
  CancelOperation,
  Member,
  ReleaseOperation,
  RenewOperation,
  Room,
} from '../store/port.js';

/*
 * What the engine sends. Classes, as is all that lives while a request is under way: object literals
 * that outlive a garbage collection are later allocated among the old objects by V8, where they keep
 * what they refer to alive when they are long dead.
 */

export class Acquire implements AcquireOperation {
  readonly kind = 'acquire';
  readonly key: string;
  readonly token: string;
  readonly ttl: number;
  readonly enqueue: boolean;
  readonly ticket: number | undefined;
  readonly maxWaiting: number | undefined;
  readonly room: Room | undefined;

  constructor(
    key: string,
    token: string,
    ttl: number,
    enqueue: boolean,
    ticket: number | undefined,
    maxWaiting: number | undefined,
    room: Room | undefined,
  ) {
    this.key = key;
    this.token = token;
    this.ttl = ttl;
    this.enqueue = enqueue;
    this.ticket = ticket;
    this.maxWaiting = maxWaiting;
    this.room = room;
  }
}

/** As {@link Acquire}, from all who have had the lock since a number of the store's clock. */
export class Steal extends Acquire {
  readonly steal: number;

  constructor(key: string, token: string, ttl: number, enqueue: boolean, since: number) {
    super(key, token, ttl, enqueue, undefined, undefined, undefined);
    this.steal = since;
  }
}

export class AcquireAll implements AcquireAllOperation {
  readonly kind = 'acquireAll';
  readonly key: string;
  readonly members: readonly Member[];
  readonly ttl: number;

  constructor(members: readonly Member[], ttl: number) {
    this.key = (members[0] as Member).key;
    this.members = members;
    this.ttl = ttl;
  }
}

export class Renew implements RenewOperation {
  readonly kind = 'renew';
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly ttl: number;
  readonly room: Room | undefined;
  readonly until: number | undefined;

  constructor(
    key: string,
    token: string,
    fencingToken: number,
    ttl: number,
    room: Room | undefined,
    until: number | undefined,
  ) {
    this.key = key;
    this.token = token;
    this.fencingToken = fencingToken;
    this.ttl = ttl;
    this.room = room;
    this.until = until;
  }
}

export class Release implements ReleaseOperation {
  readonly kind = 'release';
  readonly key: string;
  readonly token: string;
  readonly fencingToken: number;
  readonly room: Room | undefined;

  constructor(key: string, token: string, fencingToken: number, room: Room | undefined) {
    this.key = key;
    this.token = token;
    this.fencingToken = fencingToken;
    this.room = room;
  }
}

export class Cancel implements CancelOperation {
  readonly kind = 'cancel';
  readonly key: string;
  readonly token: string;
  readonly ttl: number;
  readonly room: Room | undefined;

  constructor(key: string, token: string, ttl: number, room: Room | undefined) {
    this.key = key;
    this.token = token;
    this.ttl = ttl;
    this.room = room;
  }
}

export class Advance implements AdvanceOperation {
  readonly kind = 'advance';
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }
}
