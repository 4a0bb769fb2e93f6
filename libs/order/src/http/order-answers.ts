import { Inject, Injectable } from '@nestjs/common';
import { type Caller, notFound, pageAnswer, type PageAnswer, type PageRequest } from '@tillroll/http';
import type { Loaded } from '@tillroll/processing';
import { type Found, READ_MODELS, type ReadModels } from '@tillroll/read-models';
import { PERSONAL_DATA, type PersonalData } from '@tillroll/secrets';
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

/** Shows orders, with their addresses readable. */
@Injectable()
export class OrderAnswers {
  constructor(
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
    const found = await this.readModels.get<OrderDocument>(ORDERS, orderId);
    return found !== undefined && (caller.isAdmin || found.customerId === caller.customerId) ? found : notFound();
  }

  async page(filter: OrderFilter, page: PageRequest): Promise<PageAnswer<OrderAnswer>> {
    const found = await this.find(filter, page);
    const shown = new Map<string, OrderAnswer>();
    for (const { id, document } of found.slice(0, page.limit)) shown.set(id, await this.show(document));
    return pageAnswer(page, found, 'placedAt', (_document, id) => shown.get(id) ?? {});
  }

  /** One field is served by an index, the others by looking at what it gives. */
  private async find(filter: OrderFilter, page: PageRequest): Promise<readonly Found<OrderDocument>[]> {
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
