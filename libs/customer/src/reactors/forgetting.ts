import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { customer } from '@tillroll/contracts';
import { type BusEvent, TryAgainLater } from '@tillroll/event-bus';
import { READ_GATE, type ReadGate } from '@tillroll/http';
import { AGGREGATES, type Aggregates, causedBy } from '@tillroll/processing';
import { READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { accountType } from '../account-types';
import { mayBeForgotten, ORDER_ENDS } from '../automation/forgetting-policy';
import { Accounts } from '../http/accounts';
import { Revocations } from '../http/revocations';
import { OPEN_ORDERS, type OpenOrder } from '../read/open-orders-projection';

const CONSUMER = 'customer.forgetting';
const LONGEST_WAIT_MS = 10_000;

/** Forgets a customer who asked for it as soon as no order of theirs is open. */
@Controller()
export class Forgetting {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(READ_GATE) private readonly readGate: ReadGate,
    @Inject(Accounts) private readonly accounts: Accounts,
    @Inject(Revocations) private readonly revocations: Revocations,
  ) {}

  @EventPattern([customer.ForgetRequested.type, ...ORDER_ENDS], { consumer: CONSUMER })
  async forgetWhenDone(@Payload() event: BusEvent): Promise<void> {
    const { customerId } = event.data as { readonly customerId: string };
    const { state } = await this.aggregates.load(accountType, customerId);
    if (state.status !== 'forgetting') return;
    this.revocations.revoke(customerId);
    if (mayBeForgotten(state, await this.openOrders(customerId, event.position))) await this.accounts.forget(customerId, causedBy(event, CONSUMER));
  }

  /** At least one is told of, if there are any. */
  private async openOrders(customerId: string, asOf: number): Promise<number> {
    if (!(await this.readGate.caughtUp(asOf, LONGEST_WAIT_MS))) throw new TryAgainLater(`the open orders of customer ${customerId} are not listed yet`);
    const open = await this.readModels.find<OpenOrder>(OPEN_ORDERS, { where: { customerId }, orderBy: 'orderId', direction: 'ascending', limit: 1 });
    return open.length;
  }
}
