import type { Lock, Locker } from '@holdfast/core';
import { assertLocked, Locked, UseLocker } from '@holdfast/decorators';

/** What runs under a decorated method. */
type Body = () => Promise<void>;

type Method = (name: string, signal: AbortSignal, body: Body) => Promise<void>;

/** How the decorated methods take and keep their lock. */
export interface GuardTerms {
  /** In ms. */
  readonly ttl: number;
  /** In ms; 0: tries once. */
  readonly waitTimeout: number;
}

export type Guard = 'patient' | 'hasty' | 'brief' | 'trying';

export const GUARDS: Readonly<Record<Guard, GuardTerms>> = {
  patient: { ttl: 900, waitTimeout: Infinity },
  hasty: { ttl: 1_600, waitTimeout: 400 },
  brief: { ttl: 250, waitTimeout: 2_000 },
  trying: { ttl: 600, waitTimeout: 0 },
};

const nameItself = (name: string): string => name;

export interface GuardCall {
  readonly name: string;
  readonly signal: AbortSignal;
}

/** A service with decorated methods. One that is called under its lock joins it. */
export class Guarded implements Readonly<Record<Guard, Method>> {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  /** For who runs under a method's lock: calls that method again, so many times inside each other. */
  async join(
    guard: Guard,
    times: number,
    call: GuardCall,
    body: (lock: Lock) => Promise<void>,
  ): Promise<void> {
    const { name, signal } = call;
    const outer = assertLocked(name);
    let joined = false;
    await this[guard](name, signal, async () => {
      const lock = assertLocked(name);
      joined = lock.token === outer.token;
      if (!joined) return;
      await (times > 1 ? this.join(guard, times - 1, call, body) : body(lock));
    });
    if (!joined) throw new Error(`A call of ${guard} did not join that which it was made from.`);
  }

  @Locked(nameItself, { ...GUARDS.patient, signal: 1 })
  patient(_name: string, _signal: AbortSignal, body: Body): Promise<void> {
    return body();
  }

  @Locked(nameItself, { ...GUARDS.hasty, signal: 1 })
  hasty(_name: string, _signal: AbortSignal, body: Body): Promise<void> {
    return body();
  }

  @Locked(nameItself, { ...GUARDS.brief, signal: 1 })
  async brief(_name: string, _signal: AbortSignal, body: Body): Promise<void> {
    await body();
  }

  @Locked(nameItself, { ...GUARDS.trying, signal: 1, onBusy: 'skip' })
  async trying(_name: string, _signal: AbortSignal, body: Body): Promise<void> {
    await body();
  }
}
