import type { ReadModels } from '@tillroll/read-models';
import { ORDERS, type OrderDocument } from '../read/orders-projection';

const PAGE = 100;

/** The customer's pending orders, page by page; each page is asked for once the one before has been dealt with. */
export async function* pendingOrdersOf(customerId: string, readModels: ReadModels): AsyncGenerator<readonly string[]> {
  for (;;) {
    const pending = await readModels.find<OrderDocument>(ORDERS, {
      where: { customerId, status: 'pending' },
      orderBy: 'placedAt',
      direction: 'descending',
      limit: PAGE,
    });
    yield pending.map(({ id }) => id);
    if (pending.length < PAGE) return;
  }
}
