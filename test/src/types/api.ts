/** Holds if it compiles: what the public types allow, and what they refuse. Never run. */
import {
  type CloseOptions,
  createLocker,
  type DiagnosticMessages,
  type Duration,
  type Lock,
  type Locker,
  type LockJSON,
  type LockSet,
  type LockSetJSON,
  memoryStore,
} from '@holdfast/core';

/** Compiles only if both types are the same. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

declare const locker: Locker;
declare const lock: Lock;

export async function lockers(): Promise<void> {
  await using made = await createLocker({ store: memoryStore(), ttl: '30s', pool: { max: 4 } });
  same<typeof made, Locker>();
  await createLocker();
  // @ts-expect-error -- a misspelt option
  await createLocker({ timeToLive: '30s' });
  // @ts-expect-error -- a misspelt option of the pool
  await createLocker({ pool: { maximum: 4 } });
  // @ts-expect-error -- a store is not made by hand
  await createLocker({ store: {} });
  // @ts-expect-error -- null is not "left out"
  await createLocker({ ttl: null });
}

export async function stores(): Promise<void> {
  await memoryStore({ clock: 'manual' }).advance('30s');
  // The time of this machine cannot be turned.
  const system = [memoryStore(), memoryStore({}), memoryStore({ clock: 'system' })] as const;
  same<Extract<keyof (typeof system)[number], 'advance'>, never>();
  // @ts-expect-error -- a misspelt clock
  memoryStore({ clock: 'fake' });
}

export async function acquisitions(signal: AbortSignal): Promise<void> {
  same<Awaited<ReturnType<Locker['acquire']>>, Lock>();
  same<Awaited<ReturnType<Locker['tryAcquire']>>, Lock | null>();
  await locker.acquire('order:42', { ttl: '30s', waitTimeout: 2_000, signal, renew: false });
  await locker.acquire('order:42', { waitTimeout: Infinity });
  await locker.acquire('order:42', { ttl: undefined });
  // @ts-expect-error -- a misspelt option
  await locker.acquire('order:42', { waittimeout: 2_000 });
  // @ts-expect-error -- a name is a string
  await locker.acquire(42);
  await locker.tryAcquire('order:42', { ttl: '30s', signal, renew: true });
  // @ts-expect-error -- who only tries does not wait
  await locker.tryAcquire('order:42', { waitTimeout: 2_000 });
  // @ts-expect-error -- a lock that was not acquired has no token
  void (await locker.tryAcquire('order:42')).token;
}

export function durations(): readonly Duration[] {
  const good: readonly Duration[] = [100, '100ms', '30s', '30 s', '5m', '1.5h', '1d'];
  // @ts-expect-error -- a unit that is none
  const parsecs: Duration = '30 parsecs';
  // @ts-expect-error -- no unit
  const bare: Duration = '100';
  // @ts-expect-error -- no number
  const unit: Duration = 's';
  return [...good, parsecs, bare, unit];
}

export async function callbacks(): Promise<void> {
  same<Awaited<ReturnType<typeof inferred>>, { readonly total: number }>();
  const text: string = await locker.using('order:42', () => 'done');
  const nothing: void = await locker.using('order:42', { ttl: '5s' }, async () => {});
  const lockName: string = await locker.using('order:42', undefined, ({ name }) => name);
  // @ts-expect-error -- the result is that of the callback
  const wrong: string = await locker.using('order:42', () => 42);
  // @ts-expect-error -- there is nothing to run
  await locker.using('order:42', { ttl: '5s' });
  // @ts-expect-error -- a misspelt option
  await locker.using('order:42', { wait: 5 }, () => 42);
  void [text, nothing, lockName, wrong];
}

function inferred(): Promise<{ readonly total: number }> {
  return locker.using('order:42', async () => ({ total: 42 }) as const satisfies { total: number });
}

export async function limits(signal: AbortSignal): Promise<void> {
  await locker.acquire('order:42', { maxHold: '1m', warnAfter: Infinity, maxWaiting: 100 });
  await locker.using('order:42', { onOutage: 'wait' }, () => {});
  await locker.tryAcquire('order:42', { maxHold: '1m' });
  // @ts-expect-error -- who only tries stands in no line
  await locker.tryAcquire('order:42', { maxWaiting: 100 });
  // @ts-expect-error -- not one of the two
  await locker.acquire('order:42', { onOutage: 'retry' });
  same<Parameters<Locker['close']>[0], CloseOptions | undefined>();
  await locker.close({ drain: '10s' });
  const term = await locker.lead(
    'outbox',
    (leading, mustStop) => {
      same<typeof leading, Lock>();
      same<typeof mustStop, AbortSignal>();
      return 42;
    },
    { signal, ttl: '10s' },
  );
  same<typeof term, number | undefined>();
  // @ts-expect-error -- who stands by waits without limit
  await locker.lead('outbox', () => {}, { waitTimeout: '2s' });
}

export async function locks(): Promise<void> {
  same<
    Pick<Lock, 'name' | 'token' | 'fencingToken' | 'held' | 'remaining' | 'signal'>,
    {
      readonly name: string;
      readonly token: string;
      readonly fencingToken: number;
      readonly held: boolean;
      readonly remaining: number;
      readonly signal: AbortSignal;
    }
  >();
  same<ReturnType<Lock['release']>, Promise<void>>();
  await lock.renew('1m');
  // @ts-expect-error -- a lock is not made by hand
  const made: Lock = { name: 'order:42', token: 'a/1', fencingToken: 1 };
  // @ts-expect-error -- a lock does not change its name
  lock.name = 'order:43';
  const disposable: AsyncDisposable = lock;
  void [made, disposable];
}

export async function delegates(json: LockJSON): Promise<void> {
  same<ReturnType<Lock['toJSON']>, LockJSON>();
  await locker.adopt(json, { ttl: '5s', renew: false });
  // @ts-expect-error -- there is nothing to wait for
  await locker.adopt(json, { waitTimeout: 5 });
  // @ts-expect-error -- a name alone is not an acquisition
  await locker.adopt({ name: 'order:42' });
}

export async function several(names: readonly string[], json: LockSetJSON): Promise<void> {
  const both = await locker.acquire(['account:1', { name: 'account:2' }], { waitTimeout: '2s' });
  same<typeof both, LockSet>();
  const tried = await locker.tryAcquire(names);
  same<typeof tried, LockSet | null>();
  const adopted = await locker.adopt(json, { ttl: '5s' });
  same<typeof adopted, LockSet>();
  const single = await locker.adopt(lock.toJSON());
  same<typeof single, Lock>();
  const fencingToken: number | undefined = both.locks.get('account:1')?.fencingToken;
  const asked: readonly string[] = await locker.using(names, (set) => set.names);
  same<ReturnType<LockSet['handOver']>, LockSetJSON>();
  // @ts-expect-error -- each lock has its own
  void both.fencingToken;
  // @ts-expect-error -- a misspelt option of one lock
  await locker.acquire([{ name: 'account:1', nmae: 'account:2' }]);
  // @ts-expect-error -- a name is a string
  await locker.acquire(['account:1', 2]);
  // @ts-expect-error -- one lock is asked for by its name
  await locker.acquire({ name: 'account:1' });
  // @ts-expect-error -- who only tries does not wait
  await locker.tryAcquire(names, { waitTimeout: 5 });
  void [fencingToken, asked];
}

export function diagnostics(message: DiagnosticMessages['holdfast:acquire']): number {
  same<keyof DiagnosticMessages & `holdfast:${string}`, keyof DiagnosticMessages>();
  // @ts-expect-error -- no such field
  void message.duration;
  return message.waited;
}
