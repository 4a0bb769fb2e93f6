import { Inject, Injectable } from '@nestjs/common';
import { type Caller, notFound, pageAnswer, type PageAnswer, type PageRequest } from '@tillroll/http';
import { AGGREGATES, type Aggregates, type Loaded } from '@tillroll/processing';
import { type Found, READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData } from '@tillroll/secrets';
import { checkoutType } from '../order-types';
import { orderResource } from '../read/order-resource';
import { type OrderDocument, orderDocument, ORDERS } from '../read/orders-projection';
import type { Order, OrderStatus, PaymentStatus } from '../write/order-state';
import { visibleOrder } from './own-order';

export type OrderAnswer = Readonly<Record<string, unknown>>;

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly paymentStatus?: PaymentStatus;
  readonly customerId?: string;
}

/** An order that does not exist yet. */
export const undecidedOrder = ({ orderId, customerId }: { readonly orderId: string; readonly customerId: string }): OrderAnswer => ({ orderId, customerId, status: 'pending' });

const mayKnow = ({ customerId }: { readonly customerId: string }, caller: Caller): boolean => caller.isAdmin || customerId === caller.customerId;

/** Shows orders, with their addresses readable. */
@Injectable()
export class OrderAnswers {
  constructor(
    @Inject(AGGREGATES) private readonly aggregates: Aggregates,
    @Inject(READ_MODELS) private readonly readModels: ReadModels,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  async show(order: OrderDocument): Promise<OrderAnswer> {
    return orderResource(order, await this.personalData.unseal(order.customerId, order.address));
  }

  /** From an aggregate's state: what was just decided. */
  showLoaded({ state, revision }: Loaded<Order>, caller: Caller): Promise<OrderAnswer> {
    return this.show(orderDocument(visibleOrder(state, caller), revision));
  }

  async visible(orderId: string, caller: Caller): Promise<OrderDocument> {
    return (await this.find(orderId, caller)) ?? notFound();
  }

  /** Undefined when it does not exist, or not for the caller. */
  async find(orderId: string, caller: Caller): Promise<OrderDocument | undefined> {
    const found = await this.readModels.get<OrderDocument>(ORDERS, orderId);
    return found !== undefined && mayKnow(found, caller) ? found : undefined;
  }

  /** What there is to see of an order whose checkout is still being decided: a 202 has promised that it can be looked at. */
  async undecided(orderId: string, caller: Caller): Promise<OrderAnswer> {
    const { state } = await this.aggregates.load(checkoutType, orderId);
    return state.status !== 'none' && state.status !== 'refused' && mayKnow(state, caller) ? undecidedOrder(state) : notFound();
  }

  async page(filter: OrderFilter, page: PageRequest): Promise<PageAnswer<OrderAnswer>> {
    const found = await this.matching(filter, page);
    const shown = new Map<string, OrderAnswer>();
    for (const { id, document } of found.slice(0, page.limit)) shown.set(id, await this.show(document));
    return pageAnswer(page, found, 'placedAt', (_document, id) => shown.get(id) ?? {});
  }

  /** One field is served by an index, the others by looking at what it gives. */
  private async matching(filter: OrderFilter, page: PageRequest): Promise<readonly Found<OrderDocument>[]> {
    const indexed = indexedPart(filter);
    const matches = ({ document }: Found<OrderDocument>) =>
      (filter.status === undefined || document.status === filter.status) &&
      (filter.paymentStatus === undefined || document.paymentStatus === filter.paymentStatus);
    const wanted = page.limit + 1;
    const found: Found<OrderDocument>[] = [];
    for (let after = page.after; ; ) {
      const rows = await this.readModels.find<OrderDocument>(ORDERS, {
        where: indexed,
        orderBy: 'placedAt',
        direction: 'descending',
        limit: wanted,
        ...(after === undefined ? {} : { after }),
      });
      found.push(...rows.filter(matches));
      const last = rows.at(-1);
      if (found.length >= wanted || rows.length < wanted || last === undefined) return found.slice(0, wanted);
      after = { value: last.document.placedAt, id: last.id };
    }
  }
}

function indexedPart({ customerId, status, paymentStatus }: OrderFilter): Readonly<Record<string, string>> {
  if (customerId !== undefined) return status === undefined ? { customerId } : { customerId, status };
  if (paymentStatus !== undefined) return { paymentStatus };
  return status === undefined ? {} : { status };
}
