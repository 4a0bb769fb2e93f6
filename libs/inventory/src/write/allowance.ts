import { type Decider, type EpochMs, toTimestamp, unreachable } from '@tillroll/kernel';
import type { PurchaseLimit } from './product';
import { nothingRecent, type Recent, recall, remember } from './recent';

interface Purchase {
  readonly quantity: number;
  /** When the order was placed. */
  readonly at: EpochMs;
}

/** What one customer has bought of one product with a purchase limit. */
export interface Allowance {
  /** By order id; only those that a window seen so far can still count. */
  readonly purchases: ReadonlyMap<string, Purchase>;
  /** The widest window seen so far. */
  readonly window: EpochMs;
  /** Orders that gave their part back: they cannot claim again. */
  readonly released: Recent<true>;
}

interface OfOrder {
  readonly productId: string;
  readonly customerId: string;
  readonly orderId: string;
}

/** `at`: when the order was placed. */
export type ClaimAllowance = OfOrder & { readonly type: 'ClaimAllowance'; readonly quantity: number; readonly limit: PurchaseLimit; readonly at: EpochMs };

export type ReleaseAllowance = OfOrder & { readonly type: 'ReleaseAllowance'; readonly at: EpochMs };

export type AllowanceCommand = ClaimAllowance | ReleaseAllowance;

export type AllowanceEvent =
  | (OfOrder & { readonly type: 'AllowanceClaimed'; readonly quantity: number; readonly days?: number; readonly at: string })
  | (OfOrder & { readonly type: 'AllowanceRefused'; readonly limit: number; readonly alreadyBought: number; readonly requested: number })
  | (OfOrder & { readonly type: 'AllowanceReleased'; readonly at: string });

const DAY_MS = 24 * 60 * 60_000;
const REMEMBERED_MS = 60 * 60_000;
const REMEMBERED_RELEASES = 128;

export const allowance: Decider<Allowance, AllowanceCommand, AllowanceEvent> = {
  initialState: { purchases: new Map(), window: 0, released: nothingRecent() },

  decide(state, command) {
    const { productId, customerId, orderId } = command;
    const of = { productId, customerId, orderId };
    switch (command.type) {
      case 'ClaimAllowance': {
        if (hasClaimed(state, orderId) || recall(state.released, orderId) !== undefined) return [];
        const { quantity, limit, at } = command;
        const alreadyBought = boughtWithin(state, limit, at);
        if (alreadyBought + quantity > limit.quantity)
          return [{ type: 'AllowanceRefused', ...of, limit: limit.quantity, alreadyBought, requested: quantity }];
        return [{ type: 'AllowanceClaimed', ...of, quantity, ...(limit.days === undefined ? {} : { days: limit.days }), at: toTimestamp(at) }];
      }
      case 'ReleaseAllowance':
        return hasClaimed(state, orderId) ? [{ type: 'AllowanceReleased', ...of, at: toTimestamp(command.at) }] : [];
      default:
        return unreachable(command);
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'AllowanceClaimed': {
        const at = Date.parse(event.at);
        const window = Math.max(state.window, windowOf(event.days));
        const purchases = [...state.purchases].filter(([, purchase]) => purchase.at > at - window);
        return { ...state, window, purchases: new Map([...purchases, [event.orderId, { quantity: event.quantity, at }]]) };
      }
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
export function boughtWithin(state: Allowance, limit: PurchaseLimit, at: EpochMs): number {
  const since = at - windowOf(limit.days);
  let bought = 0;
  for (const purchase of state.purchases.values()) if (purchase.at > since) bought += purchase.quantity;
  return bought;
}

const windowOf = (days: number | undefined): EpochMs => (days === undefined ? Infinity : days * DAY_MS);
