import { assertLocked, Locked } from '@holdfast/decorators';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';

/** What became of one tick of the clock on this instance. */
export interface Tick {
  readonly at: number;
  /** Undefined if another instance sent the report. */
  readonly fencingToken: number | undefined;
}

const SCHEDULE = process.env['REPORT_CRON'] ?? '0 0 3 * * *';

@Injectable()
export class ReportsService {
  readonly ticks: Tick[] = [];

  /** Every instance has this schedule. */
  @Cron(SCHEDULE)
  async tick(): Promise<void> {
    const fencingToken = await this.send();
    this.ticks.push({ at: Date.now(), fencingToken });
  }

  /**
   * One instance sends; the lock is kept until the clocks of all others have struck too. The locker
   * is the default, which the module has set.
   */
  @Locked('reports:nightly', { onBusy: 'skip', holdAtLeast: '1.5s' })
  async send(): Promise<number | undefined> {
    return assertLocked().fencingToken;
  }
}
