import assert from 'node:assert/strict';
import type { HoldfastInstrumentationConfig } from '@holdfast/opentelemetry';
import { HoldfastInstrumentation } from '@holdfast/opentelemetry';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

const spans = new InMemorySpanExporter();
/** One for this process: it also brings the context along. */
export const provider: NodeTracerProvider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(spans)],
});
provider.register();

/** What one instrumentation tells, with the real SDK behind it. */
export class Collected implements AsyncDisposable {
  readonly instrumentation: HoldfastInstrumentation;
  readonly #exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #meterProvider: MeterProvider;
  readonly #unregister: () => void;

  constructor(config?: HoldfastInstrumentationConfig) {
    const reader = new PeriodicExportingMetricReader({
      exporter: this.#exporter,
      exportIntervalMillis: 60_000,
    });
    this.#meterProvider = new MeterProvider({ readers: [reader] });
    this.instrumentation = new HoldfastInstrumentation(config);
    this.#unregister = registerInstrumentations({
      instrumentations: [this.instrumentation],
      tracerProvider: provider,
      meterProvider: this.#meterProvider,
    });
    spans.reset();
  }

  get spans(): readonly ReadableSpan[] {
    return spans.getFinishedSpans();
  }

  /** The one with this name, and no other. */
  span(name: string): ReadableSpan {
    const [span, ...others] = this.spans.filter((one) => one.name === name);
    assert.ok(span !== undefined && others.length === 0, this.spans.map((one) => one.name).join());
    return span;
  }

  /** What was counted: the attributes of each series, and its value. */
  async points<V = number>(metric: string): Promise<readonly DataPoint<V>[]> {
    this.#exporter.reset();
    await this.#meterProvider.forceFlush();
    const metrics = this.#exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics);
    const found = metrics.filter(({ descriptor }) => descriptor.name === metric);
    return found.flatMap(({ dataPoints }) => dataPoints as DataPoint<V>[]);
  }

  /** The sum over all series; nothing counted is 0. */
  async total(metric: string): Promise<number> {
    const points = await this.points(metric);
    return points.reduce((sum, { value }) => sum + value, 0);
  }

  /** How often each outcome, or reason, was counted. */
  async counts(metric: string, attribute: string): Promise<Record<string, number>> {
    const points = await this.points<number | Histogram>(metric);
    return Object.fromEntries(
      points.map(({ attributes, value }) => [
        String(attributes[attribute]),
        typeof value === 'number' ? value : value.count,
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unregister();
    await this.#meterProvider.shutdown();
  }
}

/** Whose child a span is. */
export function parentOf({ parentSpanContext }: ReadableSpan): string | undefined {
  return parentSpanContext?.spanId;
}
