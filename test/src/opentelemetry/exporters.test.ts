/** What arrives at a collector and at Prometheus, over HTTP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createLocker, memoryStore } from '@holdfast/core';
import { HoldfastInstrumentation } from '@holdfast/opentelemetry';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

/** A server on a free port. */
async function serve(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What was posted, by path. */
type Posted = Map<string, string[]>;

function collecting(posted: Posted): RequestListener {
  return (request, response) => {
    void text(request).then((body) => {
      const path = request.url ?? '';
      posted.set(path, [...(posted.get(path) ?? []), body]);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  };
}

/** A wait, a hold, a try in vain and a loss. */
async function work(): Promise<void> {
  await using locker = await createLocker({ store: memoryStore() });
  const lock = await locker.acquire('order:42', { group: 'order' });
  await locker.tryAcquire('order:42', { group: 'order' });
  await lock.renew();
  await lock.release();
  const lost = await locker.acquire('order:7', { group: 'order' });
  await locker.forceRelease('order:7');
  await assert.rejects(lost.release(), { code: 'LOCK_LOST' });
}

test('a collector is sent spans and metrics by OTLP', async () => {
  const posted: Posted = new Map();
  await using collector = await serve(collecting(posted));
  const spans = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  const metrics = new OTLPMetricExporter({ url: `${collector.url}/v1/metrics` });
  const tracerProvider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(spans)],
  });
  const meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: metrics })],
  });
  const end = registerInstrumentations({
    instrumentations: [new HoldfastInstrumentation()],
    tracerProvider,
    meterProvider,
  });
  try {
    await work();
  } finally {
    end();
    await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
  }
  const traces = (posted.get('/v1/traces') ?? []).join();
  for (const part of ['"acquire order"', '"hold order"', '"holdfast.lock.fencing_token"']) {
    assert.ok(traces.includes(part), `${part} in ${traces}`);
  }
  const sent = (posted.get('/v1/metrics') ?? []).join();
  for (const metric of ['acquire.duration', 'hold.duration', 'hold.active', 'losses']) {
    assert.ok(sent.includes(`"holdfast.${metric}"`), `${metric} in ${sent}`);
  }
  for (const told of [traces, sent]) assert.ok(!told.includes('order:'), told);
});

test('Prometheus scrapes seconds, and labels with few values', async () => {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  await using target = await serve((request, response) => {
    exporter.getMetricsRequestHandler(request, response);
  });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const end = registerInstrumentations({
    instrumentations: [new HoldfastInstrumentation()],
    meterProvider,
  });
  try {
    await work();
    const response = await fetch(target.url);
    const scraped = await response.text();
    const group = 'holdfast_lock_group="order"';
    for (const expected of [
      `holdfast_acquire_duration_count{${group},holdfast_outcome="granted"`,
      `holdfast_acquire_duration_count{${group},holdfast_outcome="busy"`,
      `holdfast_hold_duration_bucket{${group},holdfast_outcome="released"`,
      `holdfast_hold_active{${group}`,
      `holdfast_acquire_active{${group}`,
      `holdfast_losses_total{${group},holdfast_loss_reason="forced"`,
      `holdfast_renewals_total{${group},holdfast_outcome="renewed"`,
      'le="0.001"',
      'le="300"',
    ]) {
      assert.ok(scraped.includes(expected), `${expected} in\n${scraped}`);
    }
    assert.ok(!scraped.includes('order:'), scraped);
  } finally {
    end();
    await meterProvider.shutdown();
  }
});
