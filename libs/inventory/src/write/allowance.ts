import { type Decider, type EpochMs, toTimestamp, unreachable } from '@tillroll/kernel';
import type { PurchaseLimit } from './product';
import { nothingRecent, type Recent, recall, remember } from './recent';

interface Purchase {
  readonly quantity: number;
  /** When the order was placed. */
  readonly at: EpochMs;
}

/** What one customer has bought of one product, also while it has no purchase limit: one may come. */
export interface Allowance {
  /** The latest ones, by order id, oldest first. */
  readonly purchases: ReadonlyMap<string, Purchase>;
  /** All earlier ones as one: counted whole while the newest of them counts. */
  readonly earlier: Purchase;
  /** Orders that gave their part back: they cannot claim again. */
  readonly released: Recent<true>;
}

interface OfOrder {
  readonly productId: string;
  readonly customerId: string;
  readonly orderId: string;
}

/** `at`: when the order was placed. `limit`: the product's at present; undefined when it has none. */
export type ClaimAllowance = OfOrder & {
  readonly type: 'ClaimAllowance';
  readonly quantity: number;
  readonly limit: PurchaseLimit | undefined;
  readonly at: EpochMs;
};

export type ReleaseAllowance = OfOrder & { readonly type: 'ReleaseAllowance'; readonly at: EpochMs };

export type AllowanceCommand = ClaimAllowance | ReleaseAllowance;

export type AllowanceEvent =
  | (OfOrder & { readonly type: 'AllowanceClaimed'; readonly quantity: number; readonly at: string })
  | (OfOrder & { readonly type: 'AllowanceRefused'; readonly limit: number; readonly alreadyBought: number; readonly requested: number })
  | (OfOrder & { readonly type: 'AllowanceReleased'; readonly at: string });

const DAY_MS = 24 * 60 * 60_000;
const REMEMBERED_MS = 60 * 60_000;
const REMEMBERED_RELEASES = 128;
/** Limits up to so many units are counted exactly; greater ones, for a customer with more orders, rather too strictly. */
const MOST_PURCHASES = 256;

export const allowance: Decider<Allowance, AllowanceCommand, AllowanceEvent> = {
  initialState: { purchases: new Map(), earlier: { quantity: 0, at: 0 }, released: nothingRecent() },

  decide(state, command) {
    const { productId, customerId, orderId } = command;
    const of = { productId, customerId, orderId };
    switch (command.type) {
      case 'ClaimAllowance': {
        if (hasClaimed(state, orderId) || recall(state.released, orderId) !== undefined) return [];
        const { quantity, limit, at } = command;
        const alreadyBought = limit === undefined ? 0 : boughtWithin(state, limit, at);
        if (limit !== undefined && alreadyBought + quantity > limit.quantity)
          return [{ type: 'AllowanceRefused', ...of, limit: limit.quantity, alreadyBought, requested: quantity }];
        return [{ type: 'AllowanceClaimed', ...of, quantity, at: toTimestamp(at) }];
      }
      case 'ReleaseAllowance':
        return hasClaimed(state, orderId) ? [{ type: 'AllowanceReleased', ...of, at: toTimestamp(command.at) }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'AllowanceClaimed':
        return withPurchase(state, event.orderId, { quantity: event.quantity, at: Date.parse(event.at) });
      case 'AllowanceReleased': {
        const now = Date.parse(event.at);
        return {
          ...state,
          purchases: new Map([...state.purchases].filter(([orderId]) => orderId !== event.orderId)),
          released: remember(state.released, event.orderId, true, { now, until: now + REMEMBERED_MS, capacity: REMEMBERED_RELEASES }),
        };
      }
      default:
        return state;
    }
  },
};

export const hasClaimed = (state: Allowance, orderId: string): boolean => state.purchases.has(orderId);

/** The units of orders placed within the limit's window before `at`. */
export function boughtWithin({ purchases, earlier }: Allowance, { days }: PurchaseLimit, at: EpochMs): number {
  const since = days === undefined ? -Infinity : at - days * DAY_MS;
  let bought = 0;
  for (const purchase of [earlier, ...purchases.values()]) if (purchase.at > since) bought += purchase.quantity;
  return bought;
}

function withPurchase(state: Allowance, orderId: string, purchase: Purchase): Allowance {
  const purchases = new Map([...state.purchases, [orderId, purchase]]);
  const [oldest] = purchases;
  if (oldest === undefined || purchases.size <= MOST_PURCHASES) return { ...state, purchases };
  const [oldestOrderId, { quantity, at }] = oldest;
  purchases.delete(oldestOrderId);
  return { ...state, purchases, earlier: { quantity: state.earlier.quantity + quantity, at: Math.max(state.earlier.at, at) } };
}
