import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Answers, expectedRevision, Followed, invalid, type PageAnswer, PageOf, type PageRequest, Problems, ProductIdParam, RequestCause, Roles, setEtag } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MovementResource, StockResource } from '../read/stock-resource';
import type { Adjustment } from '../write/stock-commands';
import { AdjustStock, type ShownStock } from './adjust-stock';
import { AdjustStockDto } from './inventory-dtos';
import { exampleMovement, examplePage, exampleStock } from './inventory-examples';
import { GetStock, ListMovements } from './stock-queries';

const resourceId = (productId: string): string => `stock-${productId}`;

@Controller('products/:id')
@Roles('admin')
@Problems('product_not_found')
export class StockController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get('stock')
  @Answers({ status: 200, description: 'What is there, and what of it belongs to orders.', example: exampleStock })
  async view(@ProductIdParam('id') productId: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StockResource> {
    return answer(reply, await this.queries.execute(new GetStock(productId)));
  }

  /** Adjusting below what orders own is accepted, and the shortfall recorded. */
  @Post('stock-adjustments')
  @Followed()
  @Answers({ status: 201, description: 'The stock after the adjustment.', example: exampleStock })
  @Problems('stock_below_zero', 'version_mismatch')
  async adjust(
    @ProductIdParam('id') productId: string,
    @Body() body: AdjustStockDto,
    @RequestCause() cause: Cause,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StockResource> {
    const expected = expectedRevision(request, resourceId(productId));
    return answer(reply, await this.commands.execute(new AdjustStock(productId, adjustmentIn(body), body.reason, cause, expected)));
  }

  @Get('stock-movements')
  @Answers({ status: 200, description: 'What happened to the stock, newest first.', example: examplePage(exampleMovement) })
  movements(@ProductIdParam('id') productId: string, @PageOf() page: PageRequest): Promise<PageAnswer<MovementResource>> {
    return this.queries.execute(new ListMovements(productId, page));
  }
}

function answer(reply: FastifyReply, { stock, revision }: ShownStock): StockResource {
  setEtag(reply, resourceId(stock.productId), revision);
  return stock;
}

function adjustmentIn({ delta, setTo }: AdjustStockDto): Adjustment {
  if (delta === undefined && setTo === undefined) return invalid({ pointer: '/delta', code: 'required', message: 'delta or setTo must be given' });
  if (delta !== undefined && setTo !== undefined) return invalid({ pointer: '/setTo', code: 'not_allowed', message: 'only one of delta and setTo may be given' });
  if (delta === 0) return invalid({ pointer: '/delta', code: 'not_allowed', message: 'must not be 0; setTo records a count that changes nothing' });
  return setTo === undefined ? { delta: delta ?? 0 } : { setTo };
}
