import Type from 'typebox';
import { contractsOf } from './event-contract';
import { count, limitExceeded, money, productId, purchaseLimit, quantity, shortage, stockTotals, text, timestamp, uuid } from './fields';

const { publicEvent, internalEvent } = contractsOf('inventory');

const product = {
  productId,
  name: text,
  description: Type.Optional(text),
  price: money,
  purchaseLimit: Type.Optional(purchaseLimit),
  onSale: Type.Boolean(),
};
const entry = { productId, orderId: uuid, quantity, ...stockTotals };

export const ProductCreated = publicEvent('product-created', 'A product entered the catalogue.', product);
export const ProductChanged = publicEvent('product-changed', 'The product as it is after a change.', product);
export const ProductWithdrawn = publicEvent('product-withdrawn', 'The product is no longer on sale.', product);
export const StockAdjusted = publicEvent('stock-adjusted', 'Goods were received, or counted again.', { productId, delta: count, reason: text, ...stockTotals });
export const StockHeld = publicEvent('stock-held', 'Stock is held for an order.', { ...entry, expiresAt: timestamp });
export const StockRefused = publicEvent('stock-refused', 'There was not enough stock for an order.', { productId, orderId: uuid, requested: count, available: count });
export const StockCommitted = publicEvent('stock-committed', 'Held stock belongs to a confirmed order.', entry);
export const StockReleased = publicEvent('stock-released', 'Held or committed stock is free again.', { ...entry, reason: text });
export const StockShipped = publicEvent('stock-shipped', 'Committed stock left the house.', entry);
export const ShortfallRecorded = publicEvent('shortfall-recorded', 'More is held and committed than is on hand. 0: the shortfall is over.', { productId, shortfall: count, ...stockTotals });

export const ReservationRequested = internalEvent('reservation-requested', 'Stock for an order is being held.', {
  orderId: uuid, customerId: uuid, lines: Type.Array(Type.Object({ productId, quantity })), expiresAt: timestamp,
});
export const ReservationHeld = internalEvent('reservation-held', 'All lines of the order are held.', { orderId: uuid });
export const ReservationRefused = internalEvent('reservation-refused', 'Not all lines could be held; nothing is held.', {
  orderId: uuid, shortages: Type.Array(shortage), limits: Type.Array(limitExceeded),
});
export const ReservationCommitted = internalEvent('reservation-committed', 'All lines belong to the confirmed order.', { orderId: uuid });
export const ReservationLost = internalEvent('reservation-lost', 'The hold had expired and the goods are gone: the confirmed order cannot be served.', { orderId: uuid });
export const ReservationReleased = internalEvent('reservation-released', 'All lines are free again.', { orderId: uuid, reason: text });
export const ReservationExpired = internalEvent('reservation-expired', 'The hold ended unpaid; all lines are free again.', { orderId: uuid });
export const ReservationShipped = internalEvent('reservation-shipped', 'All lines left the house.', { orderId: uuid });
export const AllowanceClaimed = internalEvent('allowance-claimed', 'Part of a purchase limit is used.', { productId, customerId: uuid, orderId: uuid, quantity, at: timestamp });
export const AllowanceRefused = internalEvent('allowance-refused', 'A purchase limit would be exceeded.', { productId, customerId: uuid, orderId: uuid, limit: count, alreadyBought: count, requested: count });
export const AllowanceReleased = internalEvent('allowance-released', 'Part of a purchase limit is free again.', { productId, customerId: uuid, orderId: uuid });
