import type { EpochMs } from '@tillroll/kernel';
import type { ClaimAllowance, ReleaseAllowance } from '../write/allowance';
import type { PurchaseLimit } from '../write/product';
import type { ReservationRequest } from '../write/reservation-events';
import type { CommitStock, HoldStock, StockCommand } from '../write/stock-commands';

type Limits = ReadonlyMap<string, PurchaseLimit>;

export const holdsFor = ({ orderId, lines, expiresAt }: ReservationRequest, at: EpochMs): readonly HoldStock[] =>
  lines.map(({ productId, quantity }) => ({ type: 'HoldStock', productId, orderId, quantity, expiresAt: Date.parse(expiresAt), at }));

/** `placedAt` is where the order stands in the limit's window. */
export const claimsFor = ({ orderId, customerId, lines }: ReservationRequest, limits: Limits, placedAt: EpochMs): readonly ClaimAllowance[] =>
  lines.flatMap(({ productId, quantity }): readonly ClaimAllowance[] => {
    const limit = limits.get(productId);
    return limit === undefined ? [] : [{ type: 'ClaimAllowance', productId, customerId, orderId, quantity, limit, at: placedAt }];
  });

export const commitsFor = ({ orderId, lines, expiresAt }: ReservationRequest, at: EpochMs): readonly CommitStock[] =>
  lines.map(({ productId, quantity }) => ({ type: 'CommitStock', productId, orderId, quantity, expiresAt: Date.parse(expiresAt), at }));

export const shipmentsFor = ({ orderId, lines }: ReservationRequest, at: EpochMs): readonly StockCommand[] =>
  lines.map(({ productId }) => ({ type: 'ShipStock', productId, orderId, at }));

/** Harmless for lines that hold nothing. */
export const releasesFor = ({ orderId, lines }: ReservationRequest, reason: string, at: EpochMs): readonly StockCommand[] =>
  lines.map(({ productId }) => ({ type: 'ReleaseStock', productId, orderId, reason, at }));

/** Harmless for products of which nothing was claimed. */
export const claimReleasesFor = ({ orderId, customerId, limited }: ReservationRequest, at: EpochMs): readonly ReleaseAllowance[] =>
  limited.map((productId) => ({ type: 'ReleaseAllowance', productId, customerId, orderId, at }));
