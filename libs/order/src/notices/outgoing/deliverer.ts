import { type Clock, uuid7 } from '@tillroll/kernel';
import type { Aggregates, Cause } from '@tillroll/processing';
import { deliveryType } from '../notices-types';
import type { DeliveryCommand, Errand, ScheduledDelivery } from '../write/delivery';
import type { AttemptOutcome, DeliveryChannel } from './delivery-channel';
import { Lanes } from './lanes';

export interface DelivererOptions {
  readonly aggregates: Aggregates;
  readonly clock: Clock;
  /** A channel that is left out is switched off: its deliveries fail for good. */
  readonly channels: Readonly<Partial<Record<Errand['channel'], DeliveryChannel>>>;
}

/** One endpoint that hangs keeps so many attempts busy, and no other endpoint waiting. */
const AT_A_TIME = 4;
/** Beyond this the attempts wait as deadlines, not in memory. */
const MOST_WAITING = 1000;

/**
 * Carries out scheduled deliveries: an attempt, and its outcome in the delivery's stream. What a crash interrupts is
 * attempted again when its lease ends; a recipient may so be told twice, with the same message id.
 */
export class Deliverer {
  private readonly stopping = new AbortController();
  private readonly lanes = new Lanes({ work: (deliveryId) => this.carryOut(deliveryId), width: AT_A_TIME, length: MOST_WAITING });

  constructor(private readonly options: DelivererOptions) {}

  /** Begins an attempt soon; when there is no room, the attempt's lease ends and its deadline comes back to it. */
  begin({ deliveryId, channel, recipient }: Pick<Errand, 'deliveryId' | 'channel' | 'recipient'>): void {
    if (!this.stopping.signal.aborted) this.lanes.submit(channel === 'mail' ? channel : recipient, deliveryId);
  }

  async close(): Promise<void> {
    this.stopping.abort(new Error('stopping'));
    await this.lanes.close();
    await Promise.all(Object.values(this.options.channels).map((channel) => channel.close()));
  }

  /** Never rejects: an attempt whose outcome is not recorded is repeated when its lease ends. */
  private async carryOut(deliveryId: string): Promise<void> {
    try {
      const { state } = await this.options.aggregates.load(deliveryType, deliveryId);
      if (state.status !== 'pending') return;
      const outcome = await this.attempt(state);
      await this.options.aggregates.execute(deliveryType, deliveryId, this.recordOf(outcome), this.causeOf(state));
    } catch {
      return;
    }
  }

  private attempt(delivery: ScheduledDelivery): Promise<AttemptOutcome> {
    const channel = this.options.channels[delivery.channel];
    if (channel === undefined) return Promise.resolve({ taken: false, reason: 'channel_off', permanent: true });
    return channel.attempt(delivery, this.stopping.signal);
  }

  private recordOf(outcome: AttemptOutcome): DeliveryCommand {
    if (!outcome.taken) {
      const { taken: _, ...failure } = outcome;
      return { type: 'RecordFailure', ...failure, at: this.options.clock.now() };
    }
    const { taken: _, ...success } = outcome;
    return { type: 'RecordSuccess', ...success };
  }

  private causeOf({ eventId, correlationId }: ScheduledDelivery): Cause {
    const commandId = uuid7(this.options.clock.now());
    return { commandId, correlationId, causationId: eventId, actor: 'system:order.deliveries' };
  }
}
