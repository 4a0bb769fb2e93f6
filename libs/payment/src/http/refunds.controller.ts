import { Controller, Inject, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Problems, RequestCause, Roles, setEtag, UuidParam } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { refundResource } from '../read/payment-resource';
import { RetryRefund } from './refund-payment';

@Controller('refunds')
@Roles('admin')
export class RefundsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post(':id/retry')
  @Problems('not_found', 'invalid_transition', 'refund_exceeds_captured')
  async retry(@UuidParam('id') id: string, @RequestCause() cause: Cause, @Res({ passthrough: true }) reply: FastifyReply) {
    const { paymentId, refund, revision } = await this.commands.execute(new RetryRefund(id, cause));
    reply.status(refund.status === 'succeeded' ? 201 : 202);
    setEtag(reply, id, revision);
    return refundResource(paymentId, refund);
  }
}
