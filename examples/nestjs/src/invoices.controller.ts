import { Controller, Param, Post } from '@nestjs/common';
import { InvoicesService, type Receipt } from './invoices.service.js';

@Controller('invoices')
export class InvoicesController {
  readonly #invoices: InvoicesService;

  constructor(invoices: InvoicesService) {
    this.#invoices = invoices;
  }

  @Post(':id/charges')
  async charge(@Param('id') id: string): Promise<Receipt> {
    return this.#invoices.charge(id);
  }
}
