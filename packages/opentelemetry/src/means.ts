import type { Tracer } from '@opentelemetry/api';
import type { HoldfastInstrumentationConfig } from './config.js';
import type { Instruments } from './instruments.js';

/** What there is to tell with, asked for each time: providers and options can be changed. */
export interface Means {
  tracer(): Tracer;
  instruments(): Instruments;
  config(): HoldfastInstrumentationConfig;
}
