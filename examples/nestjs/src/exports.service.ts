import { setTimeout as pause } from 'node:timers/promises';
import { assertLocked, Locked } from '@holdfast/decorators';
import { Injectable } from '@nestjs/common';

const TIME = Number(process.env['EXPORT_TIME'] ?? 5_000);

@Injectable()
export class ExportsService {
  /** No request waits for it. When the application ends, the locker does, for as long as `drain` says. */
  begin(): void {
    this.run().then(
      () => console.log('exported'),
      (error: unknown) => console.log(`not exported: ${String(error)}`),
    );
  }

  @Locked('exports')
  async run(): Promise<void> {
    await pause(TIME, undefined, { signal: assertLocked().signal });
  }
}
