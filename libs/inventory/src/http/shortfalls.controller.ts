import { Controller, Get, Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Answers, type PageAnswer, PageOf, type PageRequest, Roles } from '@tillroll/http';
import type { ShortfallResource } from '../read/stock-resource';
import { examplePage, exampleShortfall } from './inventory-examples';
import { ListShortfalls } from './stock-queries';

@Controller('admin/shortfalls')
@Roles('admin')
export class ShortfallsController {
  constructor(@Inject(QueryBus) private readonly queries: QueryBus) {}

  @Get()
  @Answers({ status: 200, description: 'Products of which orders own more than is there, newest shortfall first.', example: examplePage(exampleShortfall) })
  list(@PageOf() page: PageRequest): Promise<PageAnswer<ShortfallResource>> {
    return this.queries.execute(new ListShortfalls(page));
  }
}
