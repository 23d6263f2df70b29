import { Controller, HttpCode, Post } from '@nestjs/common';
import { ExportsService } from './exports.service.js';

@Controller('exports')
export class ExportsController {
  readonly #exports: ExportsService;

  constructor(exports: ExportsService) {
    this.#exports = exports;
  }

  @Post()
  @HttpCode(202)
  begin(): { readonly state: string } {
    this.#exports.begin();
    return { state: 'begun' };
  }
}
