import { Body, Controller, Get, Inject, Patch, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import {
  Answers,
  Anyone,
  type Caller,
  CurrentCaller,
  Followed,
  invalid,
  type PageAnswer,
  PageOf,
  type PageRequest,
  Problems,
  ProductIdParam,
  RequestCause,
  Roles,
  setEtag,
} from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import type { ProductResource } from '../read/product-resource';
import { ChangeProduct, CreateProduct, type ShownProduct } from './change-products';
import { ChangeProductDto, CreateProductDto } from './inventory-dtos';
import { examplePage, exampleProduct } from './inventory-examples';
import { GetProduct, ListProducts } from './product-queries';

const LONGEST_SEARCH = 200;

@Controller('products')
export class ProductsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  /** `q`: words, each of which occurs somewhere in the name or the id. Withdrawn products are listed for admins only. */
  @Get()
  @Anyone()
  @Answers({ status: 200, description: 'Products, newest first.', example: examplePage(exampleProduct) })
  list(@Query('q') q: unknown, @PageOf() page: PageRequest, @CurrentCaller() caller: Caller | undefined): Promise<PageAnswer<ProductResource>> {
    return this.queries.execute(new ListProducts(searchParameter(q), page, caller?.isAdmin === true));
  }

  @Get(':id')
  @Anyone()
  @Answers({ status: 200, description: 'The product.', example: exampleProduct })
  @Problems('product_not_found')
  async view(
    @ProductIdParam('id') productId: string,
    @CurrentCaller() caller: Caller | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductResource> {
    return answer(reply, await this.queries.execute(new GetProduct(productId, caller?.isAdmin === true)));
  }

  @Post()
  @Roles('admin')
  @Followed()
  @Answers({ status: 201, description: 'The product is on sale, with no stock yet.', example: { ...exampleProduct, available: 0 } })
  @Problems('already_exists')
  async create(@Body() details: CreateProductDto, @RequestCause() cause: Cause, @Res({ passthrough: true }) reply: FastifyReply): Promise<ProductResource> {
    reply.header('location', `/v1/products/${details.productId}`);
    return answer(reply, await this.commands.execute(new CreateProduct(details, cause)));
  }

  @Patch(':id')
  @Roles('admin')
  @Followed()
  @Answers({ status: 200, description: 'The product after the change.', example: exampleProduct })
  @Problems('product_not_found', 'currency_mismatch')
  async change(
    @ProductIdParam('id') productId: string,
    @Body() change: ChangeProductDto,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductResource> {
    return answer(reply, await this.commands.execute(new ChangeProduct(productId, change, cause)));
  }
}

function answer(reply: FastifyReply, { product, version }: ShownProduct): ProductResource {
  setEtag(reply, `product-${product.productId}`, version);
  return product;
}

/** An empty search finds everything. */
function searchParameter(given: unknown): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'string') return invalid({ parameter: 'q', code: 'repeated', message: 'must be given once' });
  if (given.includes('\u0000') || !given.isWellFormed()) return invalid({ parameter: 'q', code: 'not_text', message: 'contains NUL or is not UTF-8' });
  if (given.length > LONGEST_SEARCH) return invalid({ parameter: 'q', code: 'too_long', message: `must have at most ${LONGEST_SEARCH} characters` });
  return given.trim() === '' ? undefined : given;
}
