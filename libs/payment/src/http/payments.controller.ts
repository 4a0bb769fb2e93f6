import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Answers, type Caller, CurrentCaller, IdempotencyKeyRequired, Immediate, Problems, RequestCause, Roles, setEtag, UuidParam } from '@tillroll/http';
import { AGGREGATES, type Aggregates, type Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { paymentType } from '../payment-types';
import { paymentResource, refundResource } from '../read/payment-resource';
import { RefundDto } from './payment-dtos';
import { exampleFailedRefund, examplePayment, examplePaymentToAct, exampleRefund } from './payment-examples';
import { RefundPayment } from './refund-payment';
import { SyncPayment } from './sync-payment';
import { visiblePayment } from './visible-payment';

@Controller('payments')
export class PaymentsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
  ) {}

  @Get(':id')
  @Immediate()
  @Answers({ status: 200, description: 'The payment and its refunds.', example: examplePaymentToAct })
  @Problems('not_found')
  async get(@UuidParam('id') id: string, @CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply) {
    const { state, revision } = await this.aggregates.load(paymentType, id);
    const payment = visiblePayment(state, caller);
    setEtag(reply, id, revision);
    return paymentResource(payment);
  }

  @Post(':id/sync')
  @HttpCode(200)
  @Answers({ status: 200, description: 'The payment as the provider has it now.', example: examplePayment })
  @Problems('not_found', 'gateway_unavailable')
  async sync(
    @UuidParam('id') id: string,
    @CurrentCaller() caller: Caller,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { state, revision } = await this.commands.execute(new SyncPayment(id, caller, cause));
    setEtag(reply, id, revision);
    return paymentResource(state);
  }

  @Post(':id/refunds')
  @Roles('admin')
  @IdempotencyKeyRequired()
  @Answers(
    { status: 201, description: 'The money is back.', example: exampleRefund },
    { status: 202, description: 'The refund is under way, or will be tried again.', example: exampleFailedRefund },
  )
  @Problems('not_found', 'currency_mismatch', 'refund_exceeds_captured')
  async refund(
    @UuidParam('id') id: string,
    @Body() { amount, reason }: RefundDto,
    @RequestCause() cause: Cause,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { refund, revision } = await this.commands.execute(new RefundPayment(id, amount, reason, cause));
    reply.status(refund.status === 'succeeded' ? 201 : 202).header('location', `/v1/payments/${id}`);
    setEtag(reply, refund.refundId, revision);
    return refundResource(id, refund);
  }
}
