import { HoldfastInstrumentation } from '@holdfast/opentelemetry';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/**
 * OpenTelemetry in this process, with exporters that keep what they are given. A service takes
 * exporters that send it, and nothing else is different.
 */
export class Telemetry implements AsyncDisposable {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #tracerProvider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#spans)],
  });
  readonly #meterProvider = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: this.#metrics,
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });
  readonly #unregister: () => void;

  constructor() {
    this.#tracerProvider.register();
    this.#unregister = registerInstrumentations({
      instrumentations: [new HoldfastInstrumentation()],
      tracerProvider: this.#tracerProvider,
      meterProvider: this.#meterProvider,
    });
  }

  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** All that was counted up to now. */
  async collect(): Promise<readonly MetricData[]> {
    this.#metrics.reset();
    await this.#meterProvider.forceFlush();
    const collected = this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
    return collected.flatMap(({ metrics }) => metrics);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unregister();
    await Promise.all([this.#tracerProvider.shutdown(), this.#meterProvider.shutdown()]);
  }
}
