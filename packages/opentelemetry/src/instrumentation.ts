import { InstrumentationBase } from '@opentelemetry/instrumentation';
import { assertConfig, type HoldfastInstrumentationConfig } from './config.js';
import { createInstruments, type Instruments } from './instruments.js';
import { beginListening } from './listening.js';
import { VERSION } from './version.js';

/**
 * Spans and metrics of the locks of all lockers in this process. It listens to the channels of
 * `@holdfast/core` and patches nothing: it can be made before or after that is loaded.
 *
 * @example
 * ```ts
 * import { registerInstrumentations } from '@opentelemetry/instrumentation';
 * import { HoldfastInstrumentation } from '@holdfast/opentelemetry';
 *
 * registerInstrumentations({ instrumentations: [new HoldfastInstrumentation()] });
 * ```
 *
 * @example Groups for locks whose calls have none
 * ```ts
 * import { HoldfastInstrumentation } from '@holdfast/opentelemetry';
 *
 * const instrumentation = new HoldfastInstrumentation({
 *   group: (lockName) => lockName.replaceAll(/\d+/g, '*'),
 * });
 * ```
 *
 * @throws {TypeError} for a bad option.
 */
export class HoldfastInstrumentation extends InstrumentationBase<HoldfastInstrumentationConfig> {
  // Not `#`, and without a value of their own: the constructor of the base class calls methods of this
  // one, before fields are there.
  declare private instruments: Instruments;
  declare private end: (() => void) | undefined;

  constructor(config: HoldfastInstrumentationConfig = {}) {
    assertConfig(config);
    super('@holdfast/opentelemetry', VERSION, config);
  }

  override setConfig(config: HoldfastInstrumentationConfig): void {
    assertConfig(config);
    super.setConfig(config);
  }

  override enable(): void {
    super.enable();
    this.end ??= beginListening({
      tracer: () => this.tracer,
      instruments: () => this.instruments,
      config: () => this.getConfig(),
    });
  }

  override disable(): void {
    super.disable();
    this.end?.();
    this.end = undefined;
  }

  override _updateMetricInstruments(): void {
    this.instruments = createInstruments(this.meter);
  }

  /** There is no module to patch. */
  protected override init(): void {}
}
