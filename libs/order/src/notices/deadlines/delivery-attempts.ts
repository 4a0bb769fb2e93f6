import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import { type Clock, uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, CLOCK, type DeadlineChange, type Deadlines } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData, SECRETS, type SecretStore } from '@tillroll/secrets';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { ALL_ENDPOINTS, deliveryType, endpointsType } from '../notices-types';
import { Deliverer } from '../outgoing/deliverer';
import { mailChannel } from '../outgoing/mail-channel';
import { webhookChannel } from '../outgoing/webhook-channel';
import { type Recipient, RECIPIENTS } from '../read/recipients-projection';
import type { Errand } from '../write/delivery';

type Due = Parameters<Deadlines['due']>[0];
interface Timed {
  readonly deliveryId: string;
  readonly nextAttemptAt: string;
}

const set = (event: BusEvent): readonly DeadlineChange[] => {
  const { deliveryId, nextAttemptAt } = event.data as unknown as Timed;
  return [{ key: deliveryId, at: Date.parse(nextAttemptAt) }];
};
const clear = (event: BusEvent): readonly DeadlineChange[] => [{ key: (event.data as unknown as Timed).deliveryId }];

/** The attempts of deliveries: begun when they are asked for, and again when their time has come. */
@Injectable()
export class DeliveryAttempts implements Deadlines, OnModuleDestroy {
  readonly kind = 'order.deliveries';
  readonly on: Deadlines['on'] = {
    [order.DeliveryScheduled.type]: set,
    [order.DeliveryAttemptBegun.type]: set,
    [order.DeliveryAttemptFailed.type]: set,
    [order.DeliveryRetryRequested.type]: set,
    [order.DeliverySucceeded.type]: clear,
    [order.DeliveryFailed.type]: clear,
  };
  private readonly deliverer: Deliverer;

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(READ_MODELS) readModels: ReadModels,
    @Inject(SECRETS) secrets: SecretStore,
    @Inject(PERSONAL_DATA) personalData: PersonalData,
    @Inject(SETTINGS) { smtpUrl, mailFrom, webhookAllowPrivate }: Settings,
  ) {
    const webhook = webhookChannel({
      endpointOf: async (endpointId) => (await aggregates.load(endpointsType, ALL_ENDPOINTS)).state.get(endpointId),
      secrets,
      clock,
      allowPrivate: webhookAllowPrivate,
    });
    const recipientOf = (customerId: string) => readModels.get<Recipient>(RECIPIENTS, customerId);
    const mail = smtpUrl === undefined ? {} : { mail: mailChannel({ smtpUrl, from: mailFrom, recipientOf, personalData }) };
    this.deliverer = new Deliverer({ aggregates, clock, channels: { webhook, ...mail } });
  }

  begin(errand: Pick<Errand, 'deliveryId' | 'channel' | 'recipient'>): void {
    this.deliverer.begin(errand);
  }

  async due({ key, at }: Due): Promise<void> {
    const commandId = uuid5(this.kind, key, at);
    const cause = { commandId, correlationId: commandId, causationId: commandId, actor: `system:${this.kind}` };
    const { state, events } = await this.aggregates.execute(deliveryType, key, { type: 'BeginAttempt', at: this.clock.now() }, cause);
    if (state.status !== 'pending') return;
    if (events.length === 0) throw new Error(`the delivery ${key} is not due before ${state.nextAttemptAt}`);
    this.deliverer.begin(state);
  }

  async onModuleDestroy(): Promise<void> {
    await this.deliverer.close();
  }
}
