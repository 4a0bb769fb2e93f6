import { Inject, Injectable } from '@nestjs/common';
import { customer, type DataOf } from '@tillroll/contracts';
import { uuid5 } from '@tillroll/kernel';
import { AGGREGATES, type Aggregates, type Deadlines } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { SETTINGS, type Settings } from '@tillroll/settings';
import { pendingOrdersOf } from '../automation/pending-orders';
import { orderType } from '../order-types';

const SOON_MS = 1_000;

/**
 * A checkout that was under way when its customer asked to be forgotten places its order afterwards: soon as a rule,
 * at the end of its lease at the latest. Nobody could pay or cancel it any more.
 */
@Injectable()
export class LateOrders implements Deadlines {
  readonly kind = 'order.late-orders';
  readonly on: Deadlines['on'] = {
    [customer.ForgetRequested.type]: (event) => {
      const { customerId } = event.data as DataOf<typeof customer.ForgetRequested>;
      const asked = Date.parse(event.time);
      return [SOON_MS, this.settings.checkoutLeaseMs + SOON_MS].map((ms) => ({ key: `${customerId} ${ms}`, at: asked + ms, data: { customerId } }));
    },
  };

  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async due({ key, at, data }: Parameters<Deadlines['due']>[0]): Promise<void> {
    const { customerId } = data as DataOf<typeof customer.ForgetRequested>;
    for await (const orderIds of pendingOrdersOf(customerId, this.readModels))
      for (const orderId of orderIds) {
        const commandId = uuid5(this.kind, key, at, orderId);
        const cause = { commandId, correlationId: commandId, causationId: commandId, actor: `system:${this.kind}` };
        await this.aggregates.execute(orderType, orderId, { type: 'CancelIfPending', reason: 'customer_forgotten' }, cause);
      }
  }
}
