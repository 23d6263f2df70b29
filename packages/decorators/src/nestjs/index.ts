export { HoldfastModule, type HoldfastModuleAsyncOptions } from './holdfast-module.js';
export { LOCKER } from './locker-token.js';
