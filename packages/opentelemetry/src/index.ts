export type { HoldfastInstrumentationConfig } from './config.js';
export { HoldfastInstrumentation } from './instrumentation.js';
export { ATTRIBUTE, METRIC } from './names.js';
