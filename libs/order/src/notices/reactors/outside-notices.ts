import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, causedBy, CLOCK } from '@tillroll/processing';
import { SECRETS, type SecretStore } from '@tillroll/secrets';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { mailErrand, webhookErrands } from '../automation/errands';
import { tellableTypes } from '../automation/webhook-types';
import { DeliveryAttempts } from '../deadlines/delivery-attempts';
import { ALL_ENDPOINTS, deliveryType, endpointsType } from '../notices-types';
import { endpointSecretName } from '../outgoing/webhook-channel';
import { noticeEventTypes } from '../read/notice';
import type { Errand } from '../write/delivery';

const WEBHOOKS = 'order.webhooks';
const MAILS = 'order.mails';

/** Schedules what is told outside: to endpoints, and by mail. Sending it is another matter, and holds up nobody here. */
@Controller()
export class OutsideNotices {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(DeliveryAttempts) private readonly attempts: DeliveryAttempts,
    @Inject(SECRETS) private readonly secrets: SecretStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @EventPattern([...tellableTypes], { consumer: WEBHOOKS })
  async tellEndpoints(@Payload() event: BusEvent): Promise<void> {
    const { state: endpoints } = await this.aggregates.load(endpointsType, ALL_ENDPOINTS);
    for (const errand of webhookErrands(event, endpoints)) await this.schedule(event, errand, WEBHOOKS);
  }

  @EventPattern(order.EndpointRemoved.type, { consumer: WEBHOOKS })
  async forgetSecret(@Payload() event: BusEvent<DataOf<typeof order.EndpointRemoved>>): Promise<void> {
    await this.secrets.destroy(endpointSecretName(event.data.endpointId));
  }

  @EventPattern([...noticeEventTypes], { consumer: MAILS })
  async mailCustomer(@Payload() event: BusEvent): Promise<void> {
    const errand = this.settings.smtpUrl === undefined ? undefined : mailErrand(event, this.clock.now());
    if (errand !== undefined) await this.schedule(event, errand, MAILS);
  }

  private async schedule(event: BusEvent, errand: Errand, consumer: string): Promise<void> {
    const command = { type: 'ScheduleDelivery', at: this.clock.now(), ...errand } as const;
    const { events } = await this.aggregates.execute(deliveryType, errand.deliveryId, command, causedBy(event, consumer, errand.recipient));
    if (events.length > 0) this.attempts.begin(errand);
  }
}
