import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Answers, type Caller, CurrentCaller, expectedRevision, Problems, ProductIdParam, ReadOnly, RequestCause, setEtag } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CartCheck } from '../read/cart-check';
import type { CartView } from '../read/cart-view';
import { AddItemDto, ChangeQuantityDto } from './cart-dtos';
import { exampleCart, exampleCheck } from './cart-examples';
import { CheckCart, GetCart } from './cart-queries';
import { ChangeCart, type RequestedChange } from './change-cart';
import type { ShownCart } from './show-cart';

const wholeCart = { status: 200, description: 'The whole cart, at current prices.', example: exampleCart };
const REFUSED_ITEM = ['product_not_found', 'insufficient_stock', 'purchase_limit_exceeded', 'currency_mismatch', 'total_too_large'];
const REFUSED_WRITE = ['cart_locked', 'version_mismatch'];

@Controller('cart')
export class CartController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Get()
  @Answers(wholeCart)
  async view(@CurrentCaller() { customerId }: Caller, @Res({ passthrough: true }) reply: FastifyReply): Promise<CartView> {
    return answer(reply, await this.queries.execute(new GetCart(customerId)));
  }

  @Post('items')
  @HttpCode(200)
  @Answers(wholeCart)
  @Problems('cart_full', ...REFUSED_ITEM, ...REFUSED_WRITE)
  add(
    @Body() { productId, quantity }: AddItemDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CartView> {
    return this.change({ type: 'AddItem', productId, quantity }, caller, cause, request, reply);
  }

  @Patch('items/:productId')
  @Answers(wholeCart)
  @Problems('item_not_in_cart', ...REFUSED_ITEM, ...REFUSED_WRITE)
  changeQuantity(
    @ProductIdParam('productId') productId: string,
    @Body() { quantity }: ChangeQuantityDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CartView> {
    return this.change({ type: 'ChangeQuantity', productId, quantity }, caller, cause, request, reply);
  }

  @Delete('items/:productId')
  @Answers(wholeCart)
  @Problems('item_not_in_cart', ...REFUSED_WRITE)
  remove(
    @ProductIdParam('productId') productId: string,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CartView> {
    return this.change({ type: 'RemoveItem', productId }, caller, cause, request, reply);
  }

  @Delete('items')
  @Answers(wholeCart)
  @Problems(...REFUSED_WRITE)
  empty(
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CartView> {
    return this.change({ type: 'EmptyCart' }, caller, cause, request, reply);
  }

  @Post('check')
  @HttpCode(200)
  @ReadOnly()
  @Answers({ status: 200, description: 'What placing the cart as it is would meet.', example: exampleCheck })
  check(@CurrentCaller() { customerId }: Caller): Promise<CartCheck> {
    return this.queries.execute(new CheckCart(customerId));
  }

  private async change(change: RequestedChange, { customerId }: Caller, cause: Cause, request: FastifyRequest, reply: FastifyReply): Promise<CartView> {
    const wanted = (cartId: string) => expectedRevision(request, cartId);
    return answer(reply, await this.commands.execute(new ChangeCart(customerId, change, cause, wanted)));
  }
}

function answer(reply: FastifyReply, { cartId, view }: ShownCart): CartView {
  setEtag(reply, cartId, view.revision);
  return view;
}
