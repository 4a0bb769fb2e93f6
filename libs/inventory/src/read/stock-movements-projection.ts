import { type DataOf, inventory } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

export type MovementType = 'adjusted' | 'held' | 'committed' | 'released' | 'shipped';

/** One entry of a product's stock ledger. */
export interface MovementDocument extends Readonly<Record<string, unknown>> {
  readonly productId: string;
  readonly revision: number;
  readonly time: string;
  readonly type: MovementType;
  /** Signed for `adjusted`, otherwise units of the order. */
  readonly quantity: number;
  readonly orderId?: string;
  readonly reason?: string;
}

export const STOCK_MOVEMENTS = 'inventory.stock-movements';

const movement = (event: BusEvent, productId: string, about: Omit<MovementDocument, 'productId' | 'revision' | 'time'>): readonly DocumentChange<MovementDocument>[] => {
  const document = { productId, revision: event.sequence, time: event.time, ...about } as MovementDocument;
  return [{ id: `${productId}~${event.sequence}`, change: () => document }];
};

function adjusted(event: BusEvent): readonly DocumentChange<MovementDocument>[] {
  const { productId, delta, reason } = event.data as DataOf<typeof inventory.StockAdjusted>;
  return movement(event, productId, { type: 'adjusted', quantity: delta, reason });
}

const ofOrder = (type: MovementType) => (event: BusEvent) => {
  const { productId, orderId, quantity } = event.data as DataOf<typeof inventory.StockHeld>;
  return movement(event, productId, { type, quantity, orderId });
};

function released(event: BusEvent): readonly DocumentChange<MovementDocument>[] {
  const { productId, orderId, quantity, reason } = event.data as DataOf<typeof inventory.StockReleased>;
  return movement(event, productId, { type: 'released', quantity, orderId, reason });
}

export const stockMovementsProjection: Projection<MovementDocument> = {
  name: STOCK_MOVEMENTS,
  version: 1,
  indexes: [{ fields: ['productId', 'revision'] }],
  on: {
    [inventory.StockAdjusted.type]: adjusted,
    [inventory.StockHeld.type]: ofOrder('held'),
    [inventory.StockCommitted.type]: ofOrder('committed'),
    [inventory.StockReleased.type]: released,
    [inventory.StockShipped.type]: ofOrder('shipped'),
  },
};
