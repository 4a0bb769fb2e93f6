import type { EpochMs } from '@tillroll/kernel';
import type { ClaimAllowance, ReleaseAllowance } from '../write/allowance';
import type { PurchaseLimit } from '../write/product';
import type { ReservationRequest } from '../write/reservation-events';
import type { CommitStock, HoldStock, StockCommand } from '../write/stock-commands';

type Limits = ReadonlyMap<string, PurchaseLimit>;

export const holdsFor = ({ orderId, lines, expiresAt }: ReservationRequest, at: EpochMs): readonly HoldStock[] =>
  lines.map(({ productId, quantity }) => ({ type: 'HoldStock', productId, orderId, quantity, expiresAt: Date.parse(expiresAt), at }));

/** Every purchase is counted, whether or not its product has a limit now. `placedAt` is where the order stands in a limit's window. */
export const claimsFor = ({ orderId, customerId, lines }: ReservationRequest, limits: Limits, placedAt: EpochMs): readonly ClaimAllowance[] =>
  lines.map(({ productId, quantity }) => ({
    type: 'ClaimAllowance',
    productId,
    customerId,
    orderId,
    quantity,
    limit: limits.get(productId),
    at: placedAt,
  }));

export const commitsFor = ({ orderId, lines, expiresAt }: ReservationRequest, at: EpochMs): readonly CommitStock[] =>
  lines.map(({ productId, quantity }) => ({ type: 'CommitStock', productId, orderId, quantity, expiresAt: Date.parse(expiresAt), at }));

export const shipmentsFor = ({ orderId, lines }: ReservationRequest, at: EpochMs): readonly StockCommand[] =>
  lines.map(({ productId }) => ({ type: 'ShipStock', productId, orderId, at }));

/** Harmless for lines that hold nothing. */
export const releasesFor = ({ orderId, lines }: ReservationRequest, reason: string, at: EpochMs): readonly StockCommand[] =>
  lines.map(({ productId }) => ({ type: 'ReleaseStock', productId, orderId, reason, at }));

/** Harmless for products of which nothing was claimed. */
export const claimReleasesFor = ({ orderId, customerId, lines }: ReservationRequest, at: EpochMs): readonly ReleaseAllowance[] =>
  lines.map(({ productId }) => ({ type: 'ReleaseAllowance', productId, customerId, orderId, at }));
