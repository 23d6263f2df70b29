import { HoldfastHealthIndicator } from '@holdfast/decorators/nestjs';
import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';

/** For whoever decides whether this instance gets requests. */
@Controller('health')
export class HealthController {
  readonly #health: HealthCheckService;
  readonly #locks: HoldfastHealthIndicator;

  constructor(health: HealthCheckService, locks: HoldfastHealthIndicator) {
    this.#health = health;
    this.#locks = locks;
  }

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.#health.check([() => this.#locks.isHealthy('locks', { timeout: '500ms' })]);
  }
}
