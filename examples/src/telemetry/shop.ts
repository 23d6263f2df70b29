import { setTimeout as sleep } from 'node:timers/promises';
import { assertLocked, type Locker } from '@holdfast/core';
import { Locked, UseLocker } from '@holdfast/decorators';
import { trace } from '@opentelemetry/api';

const tracer = trace.getTracer('shop');

/** Work that takes time, as a span. */
async function step(name: string, time: number): Promise<void> {
  await tracer.startActiveSpan(name, async (span) => {
    await sleep(time);
    span.end();
  });
}

interface Order {
  readonly id: number;
}

/** Charges orders, each by one at a time, and three at a time at the gateway. */
export class Shop {
  @UseLocker() readonly locker: Locker;

  constructor(locker: Locker) {
    this.locker = locker;
  }

  /** What a request does. */
  async handle(order: Order): Promise<void> {
    await tracer.startActiveSpan('POST /orders/:id/charge', async (span) => {
      try {
        await this.charge(order);
      } finally {
        span.end();
      }
    });
  }

  @Locked('order:{0.id}', { waitTimeout: '2s', ttl: '2s' })
  private async charge(_order: Order): Promise<void> {
    await step('SELECT orders', 3);
    await this.pay();
    await step('UPDATE orders', 4);
  }

  /** A job that takes long, and stops when it has lost its lock. */
  @Locked('export:{0}', { ttl: '2s' })
  async export(_month: number): Promise<void> {
    await tracer.startActiveSpan('export', async (span) => {
      const { signal } = assertLocked();
      await sleep(6_000, undefined, { signal }).finally(() => span.end());
    });
  }

  @Locked('gateway', { limit: 3, waitTimeout: '2s', ttl: '2s' })
  private async pay(): Promise<void> {
    await step('POST gateway', 12);
  }
}
