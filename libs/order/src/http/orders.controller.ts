import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  Answers,
  type Caller,
  CurrentCaller,
  IdempotencyKeyRequired,
  invalid,
  PageOf,
  type PageRequest,
  Problems,
  RequestCause,
  Roles,
  sendServerSentEvents,
  setEtag,
  UuidParam,
} from '@tillroll/http';
import { refuse } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData, withReadableTexts } from '@tillroll/secrets';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { orderType } from '../order-types';
import { PAYMENT_METHODS } from '../payment-methods';
import { attemptResource } from '../read/order-resource';
import { orderDocument } from '../read/orders-projection';
import { type Timeline, TIMELINES } from '../read/timeline-projection';
import { isPlaced } from '../write/order-state';
import { AdvanceOrder } from './advance-order';
import { CancelOrder } from './cancel-order';
import { InitiatePayment } from './initiate-payment';
import { OrderAnswers, undecidedOrder } from './order-answers';
import { CancelOrderDto, InitiatePaymentDto, PlaceOrderDto, TransitionDto } from './order-dtos';
import { exampleCanceledOrder, exampleCancelingOrder, exampleOrder, examplePage, examplePaymentToAct, exampleShippedOrder, exampleTimelineEntry } from './order-examples';
import { OrderHistory } from './order-history';
import { PlaceOrder } from './place-order';
import { orderStatusParameter, revisionParameter, timeParameter } from './query-parameters';
import { timelinePage } from './timeline-page';

const LARGEST_PAGE = 100;

@Controller('orders')
export class OrdersController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(OrderAnswers) private readonly answers: OrderAnswers,
    @Inject(OrderHistory) private readonly history: OrderHistory,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
    @Inject(PAYMENT_METHODS) private readonly methods: readonly string[],
  ) {}

  @Post()
  @IdempotencyKeyRequired()
  @Answers(
    { status: 201, description: 'The order is placed and its stock is held; the cart is empty.', example: exampleOrder },
    { status: 202, description: 'The order is still being decided: look again at `Location`.', example: { ...exampleOrder, stockStatus: 'requested', revision: 0 } },
  )
  @Problems(
    'address_not_found',
    'cart_empty',
    'cart_changed',
    'cart_locked',
    'currency_mismatch',
    'insufficient_stock',
    'product_not_found',
    'purchase_limit_exceeded',
    'total_too_large',
  )
  async place(
    @Body() { addressId, expectedTotal }: PlaceOrderDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { orderId, decided } = await this.commands.execute(new PlaceOrder(caller.customerId, addressId, expectedTotal, cause));
    reply.status(decided ? 201 : 202).header('location', `/v1/orders/${orderId}`);
    const order = await this.aggregates.load(orderType, orderId);
    if (!isPlaced(order.state)) return undecidedOrder({ orderId, customerId: caller.customerId });
    setEtag(reply, orderId, order.revision);
    return this.answers.showLoaded(order, caller);
  }

  @Get()
  @Answers({ status: 200, description: 'The caller\'s own orders, newest first.', example: examplePage(exampleOrder) })
  list(@Query('status') status: unknown, @PageOf() page: PageRequest, @CurrentCaller() { customerId }: Caller) {
    const wanted = orderStatusParameter(status);
    return this.answers.page({ customerId, ...(wanted === undefined ? {} : { status: wanted }) }, page);
  }

  /** `at` and `revision` (for admins): as it was. */
  @Get(':id')
  @Answers({ status: 200, description: 'The order.', example: exampleOrder })
  @Problems('not_found', 'forbidden')
  async get(
    @UuidParam('id') id: string,
    @Query('at') at: string | undefined,
    @Query('revision') revision: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (at !== undefined || revision !== undefined) return this.asItWas(id, at, revision, caller, reply);
    const order = await this.answers.find(id, caller);
    if (order === undefined) return this.answers.undecided(id, caller);
    setEtag(reply, id, order.revision);
    return this.answers.show(order);
  }

  /** Oldest first. Without `limit` as much as a page may have: few orders have more to tell. */
  @Get(':id/timeline')
  @Answers({ status: 200, description: 'What happened to the order, in every context, oldest first.', example: examplePage(exampleTimelineEntry) })
  @Problems('not_found')
  async timeline(@UuidParam('id') id: string, @Query('limit') limit: unknown, @PageOf() page: PageRequest, @CurrentCaller() caller: Caller) {
    const { customerId } = await this.answers.visible(id, caller);
    const timeline = await this.readModels.get<Timeline>(TIMELINES, id);
    const entries = (timeline?.entries ?? []).map((entry) => withReadableTexts(this.personalData, customerId, entry));
    return timelinePage(await Promise.all(entries), limit === undefined ? { ...page, limit: LARGEST_PAGE } : page);
  }

  @Get(':id/stream')
  @Answers({ status: 200, description: 'Server-sent events: those of the order still to come, or those after `Last-Event-ID`, each with the status it led to.' })
  @Problems('not_found')
  async stream(@UuidParam('id') id: string, @CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if ((await this.answers.find(id, caller)) === undefined) await this.answers.undecided(id, caller);
    const after = lastEventId(request);
    await sendServerSentEvents(request, reply, (signal) => this.history.follow(id, after, signal));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Answers(
    { status: 200, description: 'The order is canceled.', example: exampleCanceledOrder },
    { status: 202, description: 'The order is canceled; a refund or a void is under way.', example: exampleCancelingOrder },
  )
  @Problems('not_found', 'order_not_cancelable')
  async cancel(
    @UuidParam('id') id: string,
    @Body() { reason, note }: CancelOrderDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { order, underWay } = await this.commands.execute(new CancelOrder(id, reason, note, caller, cause));
    if (underWay) reply.status(202);
    setEtag(reply, id, order.revision);
    return this.answers.show(orderDocument(order.state, order.revision));
  }

  @Post(':id/transitions')
  @HttpCode(200)
  @Answers({ status: 200, description: 'The order after the step.', example: exampleShippedOrder })
  @Roles('admin')
  @Problems('not_found', 'invalid_transition')
  async advance(
    @UuidParam('id') id: string,
    @Body() { to, note, tracking }: TransitionDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const order = await this.commands.execute(new AdvanceOrder(id, to, note, tracking, cause));
    setEtag(reply, id, order.revision);
    return this.answers.showLoaded(order, caller);
  }

  @Post(':id/payments')
  @IdempotencyKeyRequired()
  @Answers(
    { status: 201, description: 'The payment has begun, or is settled.', example: examplePaymentToAct },
    { status: 200, description: 'The payment that was live already.', example: examplePaymentToAct },
  )
  @Problems('not_found', 'order_not_payable', 'amount_mismatch', 'payment_declined', 'gateway_unavailable')
  async pay(
    @UuidParam('id') id: string,
    @Body() { amount, method, returnUrl }: InitiatePaymentDto,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!this.methods.includes(method)) invalid({ pointer: '/method', code: 'not_allowed', message: `must be one of ${this.methods.join(', ')}` });
    const { attempt, isNew } = await this.commands.execute(new InitiatePayment(id, amount, method, asWritten(returnUrl), caller, cause));
    reply.status(isNew ? 201 : 200).header('location', `/v1/payments/${attempt.paymentId}`);
    return attemptResource(id, attempt);
  }

  private async asItWas(id: string, at: string | undefined, revision: string | undefined, caller: Caller, reply: FastifyReply) {
    await this.answers.visible(id, caller);
    if (!caller.isAdmin) return refuse('forbidden');
    const order = revision === undefined ? await this.history.atTime(id, timeParameter(at ?? '')) : await this.history.atRevision(id, revisionParameter(revision));
    const shown = await this.answers.showLoaded(order, caller);
    setEtag(reply, id, order.revision);
    return shown;
  }
}

/** In the one way in which every browser and provider reads it. */
const asWritten = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).href);

function lastEventId({ headers }: FastifyRequest): number | undefined {
  const given = headers['last-event-id'];
  if (given === undefined) return undefined;
  const id = Array.isArray(given) ? given[0] : given;
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : invalid({ parameter: 'Last-Event-ID', code: 'not_an_event_id', message: 'must be an id of this stream' });
}
