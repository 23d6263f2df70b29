export {
  HoldfastModule,
  type HoldfastModuleAsyncOptions,
  type HoldfastModuleOptions,
} from './holdfast-module.js';
export { LOCKER } from './locker-token.js';
