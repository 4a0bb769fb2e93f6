import Type from 'typebox';

export const uuid = Type.String({ format: 'uuid' });
export const productId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' });
export const quantity = Type.Integer({ minimum: 1 });
export const count = Type.Integer();
export const timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
export const money = Type.Object({
  amount: Type.Integer({ description: 'minor units' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
});
/** Encrypted with the customer's key; unreadable for ever once the customer is forgotten. */
/** Of the shop itself: readable. Of a person: sealed, for it may name somebody. */
export const freeText = Type.String({ description: "a word of the shop, or what somebody wrote, encrypted with the customer's key" });
export const sealed = Type.String({ description: "personal data, encrypted with the customer's key" });
export const purchaseLimit = Type.Object({ quantity, days: Type.Optional(quantity) });
export const line = Type.Object({ productId, name: Type.String(), unitPrice: money, quantity, lineTotal: money });
export const shortage = Type.Object({ productId, requested: count, available: count });
export const limitExceeded = Type.Object({ productId, limit: count, alreadyBought: count, inCart: count, requested: count });
export const priceChange = Type.Object({ productId, oldUnitPrice: money, newUnitPrice: money });
export const nextAction = Type.Object({ type: Type.Literal('redirect'), url: Type.String(), expiresAt: timestamp });
export const stockTotals = { onHand: count, held: count, committed: count };
export const text = Type.String();
