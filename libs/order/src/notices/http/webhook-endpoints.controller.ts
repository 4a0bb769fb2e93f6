import { Body, Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Answers, notFound, pageAnswer, PageOf, type PageRequest, Problems, RequestCause, Roles, UuidParam } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Cause, CLOCK } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { DeliveryAttempts } from '../deadlines/delivery-attempts';
import { ALL_ENDPOINTS, deliveryType, endpointsType } from '../notices-types';
import { DELIVERIES, type DeliveryDocument, shownDelivery } from '../read/deliveries-projection';
import { type EndpointDocument, ENDPOINTS, shownEndpoint } from '../read/endpoints-projection';
import { exampleDelivery, exampleEndpoint, exampleRegistered } from './notices-examples';
import { RegisterEndpointDto } from './notices-dtos';
import { RegisterEndpoint, type RegisteredEndpoint } from './register-endpoint';

@Controller('admin/webhook-endpoints')
@Roles('admin')
export class WebhookEndpointsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(DeliveryAttempts) private readonly attempts: DeliveryAttempts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Answers({ status: 201, description: 'The endpoint, with its secret: it is not shown again.', example: exampleRegistered })
  register(@Body() { url, types }: RegisterEndpointDto, @RequestCause() cause: Cause): Promise<RegisteredEndpoint> {
    return this.commands.execute(new RegisterEndpoint(url, types, cause));
  }

  @Get()
  @Answers({ status: 200, description: 'The endpoints, newest first.', example: { data: [exampleEndpoint], page: { next: null } } })
  async list(@PageOf() page: PageRequest) {
    const found = await this.readModels.find<EndpointDocument>(ENDPOINTS, {
      where: { list: 'all' },
      orderBy: 'position',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
    return pageAnswer(page, found, 'position', shownEndpoint);
  }

  @Delete(':id')
  @HttpCode(204)
  @Answers({ status: 204, description: 'It is told nothing more.' })
  @Problems('not_found')
  async remove(@UuidParam('id') endpointId: string, @RequestCause() cause: Cause): Promise<void> {
    await this.aggregates.execute(endpointsType, ALL_ENDPOINTS, { type: 'RemoveEndpoint', endpointId }, cause);
  }

  @Get(':id/deliveries')
  @Answers({ status: 200, description: 'What it was told, or is being told, newest first.', example: { data: [exampleDelivery], page: { next: null } } })
  @Problems('not_found')
  async deliveries(@UuidParam('id') endpointId: string, @PageOf() page: PageRequest) {
    const { state } = await this.aggregates.load(endpointsType, ALL_ENDPOINTS);
    if (!state.has(endpointId)) return notFound();
    const found = await this.readModels.find<DeliveryDocument>(DELIVERIES, {
      where: { endpointId },
      orderBy: 'position',
      direction: 'descending',
      ...(page.after === undefined ? {} : { after: page.after }),
      limit: page.limit + 1,
    });
    return pageAnswer(page, found, 'position', shownDelivery);
  }

  @Post('deliveries/:id/retry')
  @HttpCode(202)
  @Answers({ status: 202, description: 'It is tried again now.', example: { deliveryId: exampleDelivery.deliveryId, status: 'pending' } })
  @Problems('not_found')
  retry(@UuidParam('id') deliveryId: string, @RequestCause() cause: Cause) {
    return this.tryAgain(deliveryId, undefined, cause);
  }

  @Post(':endpointId/deliveries/:id/retry')
  @HttpCode(202)
  @Answers({ status: 202, description: 'It is tried again now.', example: { deliveryId: exampleDelivery.deliveryId, status: 'pending' } })
  @Problems('not_found')
  retryOfEndpoint(@UuidParam('endpointId') endpointId: string, @UuidParam('id') deliveryId: string, @RequestCause() cause: Cause) {
    return this.tryAgain(deliveryId, endpointId, cause);
  }

  private async tryAgain(deliveryId: string, endpointId: string | undefined, cause: Cause) {
    const { state: before } = await this.aggregates.load(deliveryType, deliveryId);
    if (before.status === 'none' || before.channel !== 'webhook' || (endpointId !== undefined && before.recipient !== endpointId)) return notFound();
    const { events } = await this.aggregates.execute(deliveryType, deliveryId, { type: 'RetryDelivery', at: this.clock.now() }, cause);
    if (events.length > 0) this.attempts.begin(before);
    return { deliveryId, status: 'pending' };
  }
}
