import { Controller, Inject, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Answers, Problems, RequestCause, Roles, setEtag, UuidParam } from '@tillroll/http';
import type { Cause } from '@tillroll/processing';
import type { FastifyReply } from 'fastify';
import { refundResource } from '../read/payment-resource';
import { exampleFailedRefund, exampleRefund } from './payment-examples';
import { RetryRefund } from './refund-payment';

@Controller('refunds')
@Roles('admin')
export class RefundsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post(':id/retry')
  @Answers(
    { status: 201, description: 'The money is back.', example: exampleRefund },
    { status: 202, description: 'The refund is under way, or has failed again.', example: exampleFailedRefund },
  )
  @Problems('not_found', 'invalid_transition', 'refund_exceeds_captured')
  async retry(@UuidParam('id') id: string, @RequestCause() cause: Cause, @Res({ passthrough: true }) reply: FastifyReply) {
    const { paymentId, refund, revision } = await this.commands.execute(new RetryRefund(id, cause));
    reply.status(refund.status === 'succeeded' ? 201 : 202);
    setEtag(reply, id, revision);
    return refundResource(paymentId, refund);
  }
}
