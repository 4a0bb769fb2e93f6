import { Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { Answers, notFound, Problems, RawBody, RequestCause, Webhook } from '@tillroll/http';
import { refuse } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import type { FastifyRequest } from 'fastify';
import { WebhookIntake } from '../conversation/webhook-intake';
import { type GatewayNotification, InvalidSignature, PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/port';

@Controller('webhooks')
export class WebhooksController {
  constructor(
    @Inject(WebhookIntake) private readonly intake: WebhookIntake,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
  ) {}

  /** Answers once the message is kept: what it brings about happens after the answer. */
  @Post(':provider')
  @Webhook()
  @RawBody()
  @HttpCode(202)
  @Answers({ status: 202, description: 'The message is genuine and kept, now or before.' })
  @Problems('not_found', 'invalid_signature')
  async receive(@Param('provider') provider: string, @Req() request: FastifyRequest, @RequestCause() cause: Cause): Promise<void> {
    if (provider !== this.gateway.provider) return notFound();
    await this.intake.receive(this.verified(request), { ...cause, actor: `system:${provider}` });
  }

  private verified({ headers, rawBody }: FastifyRequest): GatewayNotification {
    try {
      return this.gateway.verifyWebhook(headers, rawBody ?? '');
    } catch (error) {
      if (error instanceof InvalidSignature) return refuse('invalid_signature');
      throw error;
    }
  }
}
