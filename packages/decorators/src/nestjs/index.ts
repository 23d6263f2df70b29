export {
  HoldfastHealthIndicator,
  type HealthOptions,
  type HealthResult,
} from './health-indicator.js';
export { HoldfastModule } from './holdfast-module.js';
export { LOCKER, lockerToken } from './locker-token.js';
export type {
  HoldfastModuleAsyncOptions,
  HoldfastModuleOptions,
  HoldfastModulePlace,
  HoldfastOptionsFactory,
} from './module-options.js';
