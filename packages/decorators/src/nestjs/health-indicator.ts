import { randomUUID } from 'node:crypto';
import { type Duration, HoldfastError, type Locker, parseDuration } from '@holdfast/core';
import { Inject, Injectable } from '@nestjs/common';
import { OWN_LOCKER } from './own-locker.js';

/** Options of {@link HoldfastHealthIndicator.isHealthy}. */
export interface HealthOptions {
  /** How long Redis may take. Default 1 s. */
  readonly timeout?: Duration | undefined;
}

/** As `@nestjs/terminus` wants it: the status under the key. */
export type HealthResult<Key extends string> = Record<
  Key,
  {
    readonly status: 'up' | 'down';
    /** Of one that is down. */
    readonly message?: string;
    /** The `code` of the error, of one that is down. */
    readonly code?: string;
  }
>;

/** Nobody else has it: the health of one process is not in the way of that of another. */
const NAME = `holdfast-health:${randomUUID()}`;

/** What stays of a probe whose answer was lost runs out by itself, in ms. */
const TTL = 5_000;

/**
 * Whether locks can be had: takes one, which nobody else wants, and gives it back. So it tells of a server
 * that is away, and of one that answers and refuses, such as a replica, or one where rights are missing.
 * For health checks of `@nestjs/terminus` 11 and newer; {@link HoldfastModule} provides it.
 *
 * @example
 * ```ts
 * import { HoldfastHealthIndicator } from '@holdfast/decorators/nestjs';
 * import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
 *
 * @Injectable()
 * class Health {
 *   constructor(
 *     readonly health: HealthCheckService,
 *     readonly locks: HoldfastHealthIndicator,
 *   ) {}
 *
 *   check(): Promise<HealthCheckResult> {
 *     return this.health.check([() => this.locks.isHealthy('locks')]);
 *   }
 * }
 * ```
 */
export class HoldfastHealthIndicator {
  readonly #locker: Locker;

  /** By hand only for the locker of a module with a `name`. */
  constructor(locker: Locker) {
    this.#locker = locker;
  }

  /**
   * Never rejects for what is wrong with Redis.
   *
   * @param key - under which the result stands.
   * @throws {TypeError | RangeError} for a bad timeout.
   */
  async isHealthy<const Key extends string = 'locks'>(
    key: Key = 'locks' as Key,
    { timeout = 1_000 }: HealthOptions = {},
  ): Promise<HealthResult<Key>> {
    const time = parseDuration('timeout', timeout, 1);
    const late = new AbortController();
    const probe = this.#probe(late.signal).then(
      () => ({ status: 'up' }) as const,
      (error: unknown) => {
        if (!(error instanceof HoldfastError)) throw error;
        return { status: 'down', message: error.message, code: error.code } as const;
      },
    );
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<HealthResult<string>[string]>((resolve) => {
      timer = setTimeout(() => {
        resolve({ status: 'down', message: `no lock within ${time} ms` });
        late.abort();
      }, time);
    });
    try {
      return { [key]: await Promise.race([probe, timeUp]) } as HealthResult<Key>;
    } finally {
      clearTimeout(timer);
      // Of one that comes too late, nothing is to be heard.
      probe.catch(() => {});
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const lock = await this.#locker.tryAcquire(NAME, { ttl: TTL, signal });
    // Another check of this process has it: that is an answer, too.
    await lock?.release();
  }
}

// What `@Injectable()` and `@Inject(…)` would do, in any dialect of decorators.
Injectable()(HoldfastHealthIndicator);
Inject(OWN_LOCKER)(HoldfastHealthIndicator, undefined, 0);
