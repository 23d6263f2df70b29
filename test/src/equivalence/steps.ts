import type {
  AcquireAllOperation,
  Operation,
  Room,
} from '../../../packages/core/dist/store/port.js';

/** An operation of a locker on one lock. */
export interface Call {
  readonly kind: Exclude<Operation['kind'], 'acquireAll'>;
  readonly key: string;
  readonly token: string;
  /** Of a renewal; an acquisition has one ttl for its life, see `ttlOf`. */
  readonly ttl: number;
  readonly enqueue: boolean;
  /** Bring the ticket of the last answer to this token back, if there is one. */
  readonly comeBack: boolean;
  /** Only if so few wait; undefined: no limit. */
  readonly maxWaiting: number | undefined;
  /** Take it from whoever has had it since the last answer to this token. Only exclusively. */
  readonly steals: boolean;
  /** Renew or release another grant than the one that the token has. */
  readonly mistaken: boolean;
  /** Of a renewal: tell how long the lease is believed in. */
  readonly believes?: boolean;
}

/** Another client, with `SET key value NX PX ttl` and compare-and-delete. */
export interface Visit {
  readonly kind: 'stranger takes' | 'stranger releases';
  readonly key: string;
}

/** Others delete what is ours: all of a key, or one of its members. */
export interface Loss {
  readonly kind: 'loss';
  readonly key: string;
  readonly of: 'clock' | 'holders' | 'leases' | 'a lease';
}

/** Several locks are asked for as one. */
export interface CallForAll {
  readonly kind: 'acquireAll';
  readonly keys: readonly string[];
  /** For all of them. */
  readonly token: string;
}

/** One step of a history. */
export type Step =
  | Call
  | CallForAll
  | Visit
  | Loss
  | { readonly kind: 'pass'; readonly ms: number }
  /** The store remembers what it has now; it loses what came since, or all. Only with a grace. */
  | { readonly kind: 'save' | 'restore' | 'lose all' }
  /** Of one locker, at once: they travel in one batch. */
  | { readonly kind: 'together'; readonly calls: readonly (Call | CallForAll)[] }
  /** So many waiters of a process that is gone then, for each of the keys. */
  | {
      readonly kind: 'ghosts';
      readonly keys: readonly string[];
      readonly count: number;
      readonly mode: Mode;
    };

/** An acquisition that waits, of whoever and of whatever. */
export const WAITING: Omit<Call, 'key' | 'token'> = {
  kind: 'acquire',
  ttl: 0,
  enqueue: true,
  comeBack: false,
  maxWaiting: undefined,
  steals: false,
  mistaken: false,
};

/** Two listen for grants. The third one does not, but for the moment in which its ghosts ask. */
export const LISTENING: readonly string[] = ['anna', 'ben'];
export const GONE = 'cleo';

/** All of them are in one slot of a cluster: there, too, several can be taken in one step. */
export const FEW: readonly string[] = ['lock:{all}:one', 'lock:{all}:two'];
/** So many that the dead of all of them are more than one batch may clear away. */
export const HAUNTED: readonly string[] = Array.from(
  { length: 10 },
  (_, n) => `lock:{all}:haunted:${n}`,
);
export const KEYS: readonly string[] = [...FEW, ...HAUNTED];

/** A step as it stands in the history that a failure prints. */
export function tell(step: Step): string {
  switch (step.kind) {
    case 'pass':
      return `${step.ms} ms pass`;
    case 'save':
    case 'restore':
    case 'lose all':
      return step.kind;
    case 'loss':
      return `${step.of} of ${step.key} lost`;
    case 'together':
      return `together (${step.calls.map(tell).join(', ')})`;
    case 'ghosts':
      return `${step.count} ghosts wait for ${step.keys.join(', ')}, ${step.mode}`;
    case 'stranger takes':
    case 'stranger releases':
      return `${step.kind} ${step.key}`;
    case 'acquire': {
      const most = step.maxWaiting === undefined ? '' : ` as one of ${step.maxWaiting}`;
      const waits = step.enqueue ? ` and waits${most}` : '';
      const steals = stealsBy(step) ? ' by force' : '';
      const how = `${steals}${waits}${step.comeBack ? ' with its ticket' : ''}`;
      return `${step.token} acquire ${step.key} for ${ttlOf(step.token)} ms${how}`;
    }
    case 'acquireAll':
      return `${step.token} acquires all of ${step.keys.join(', ')} for ${ttlOf(step.token)} ms`;
    case 'renew':
      return `${step.token} renew ${step.key} for ${step.ttl} ms${step.believes ? ' in belief' : ''}${step.mistaken ? ' by mistake' : ''}`;
    case 'release':
      return `${step.token} release ${step.key}${step.mistaken ? ' by mistake' : ''}`;
    case 'forceRelease':
    case 'advance':
      return `${step.kind} ${step.key}`;
    default:
      return `${step.token} ${step.kind} ${step.key}`;
  }
}

export function operationForAll({ keys, token }: CallForAll): AcquireAllOperation {
  const members = keys.map((key) => ({ key, token }));
  return { kind: 'acquireAll', key: keys[0] as string, members, ttl: ttlOf(token) };
}

export function stealsBy({ kind, steals, token }: Call): boolean {
  return kind === 'acquire' && steals && modeOf(token) === 'exclusive';
}

/** `ticket` of the last answer to the token, and its clock; `fencingToken` of its last grant. */
export function operationOf(
  step: Call,
  ticket: number | undefined,
  fencingToken: number,
  until: number | undefined,
  asOf: number,
): Operation {
  const { kind, key: lock, token: owner, enqueue, maxWaiting } = step;
  const room = ROOMS[modeOf(owner)];
  const named = step.mistaken ? fencingToken - 1 : fencingToken;
  switch (kind) {
    case 'acquire': {
      const brought = step.comeBack ? ticket : undefined;
      const ttl = ttlOf(owner);
      if (stealsBy(step)) {
        const terms = { kind, key: lock, token: owner, ttl, enqueue, ticket: undefined };
        return { ...terms, steal: asOf };
      }
      return { kind, key: lock, token: owner, ttl, enqueue, ticket: brought, maxWaiting, room };
    }
    case 'renew':
      return {
        kind,
        key: lock,
        token: owner,
        fencingToken: named,
        ttl: step.ttl,
        room,
        until: step.believes === true ? until : undefined,
      };
    case 'cancel':
      return { kind, key: lock, token: owner, ttl: ttlOf(owner), room };
    case 'release':
      return { kind, key: lock, token: owner, fencingToken: named, room };
    case 'forceRelease':
    case 'advance':
      return { kind, key: lock };
  }
}

/** How a token asks, for its life. */
export type Mode = 'exclusive' | 'shared' | 'one-of-1' | 'one-of-2' | 'one-of-4' | 'three-of-4';

const ROOMS: Readonly<Record<Mode, Room | undefined>> = {
  exclusive: undefined,
  shared: { limit: Infinity, weight: 1 },
  'one-of-1': { limit: 1, weight: 1 },
  'one-of-2': { limit: 2, weight: 1 },
  'one-of-4': { limit: 4, weight: 1 },
  'three-of-4': { limit: 4, weight: 3 },
};

export const MODES: readonly Mode[] = Object.keys(ROOMS) as Mode[];

export function tokenOf({
  locker: one,
  mode = 'exclusive',
  n,
}: {
  readonly locker: string;
  readonly mode?: Mode;
  readonly n: number;
}): string {
  return `${one}/${mode}-${n}`;
}

export function modeOf(token: string): Mode {
  return MODES.find((mode) => token.includes(`/${mode}-`)) ?? 'exclusive';
}

export function ttlOf(owner: string): number {
  return owner.endsWith('1') ? 6_000 : 18_000;
}
