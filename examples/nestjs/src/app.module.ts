import { HoldfastModule } from '@holdfast/decorators/nestjs';
import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';
import { HealthController } from './health.controller.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

@Module({
  imports: [
    // Without a url, it is the one in REDIS_URL.
    HoldfastModule.forRootAsync({ useFactory: () => ({ waitTimeout: '2s', drain: '10s' }) }),
    ScheduleModule.forRoot(),
    TerminusModule,
  ],
  controllers: [ExportsController, HealthController, InvoicesController, ReportsController],
  providers: [ExportsService, InvoicesService, ReportsService],
})
export class AppModule {}
