import { Controller, Get } from '@nestjs/common';
import { ReportsService, type Tick } from './reports.service.js';

@Controller('reports')
export class ReportsController {
  readonly #reports: ReportsService;

  constructor(reports: ReportsService) {
    this.#reports = reports;
  }

  @Get()
  ticks(): readonly Tick[] {
    return this.#reports.ticks;
  }
}
