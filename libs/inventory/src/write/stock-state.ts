import { type EpochMs, PersistentMap } from '@tillroll/kernel';
import { addExpiry, earliestOf, type Expiry, type ExpiryQueue, expiryQueueOf, NO_EXPIRIES, sizeOf, withoutEarliest } from './expiry-queue';
import { nothingRecent, type Recent, recall, remember } from './recent';
import type { StockEvent, StockTotals } from './stock-events';

/** Units that belong to one order. */
export interface Claim {
  readonly quantity: number;
  readonly expiresAt: EpochMs;
}

/** How an order's claim on the stock ended: given back, given back because its time was over, or sent out. */
export type Ending = 'released' | 'expired' | 'shipped';

/** What an order was refused. */
export interface Refusal {
  readonly requested: number;
  readonly available: number;
}

export interface Shortage extends Refusal {
  readonly productId: string;
}

/** The ledger of one product. Claims by order id; bounded by the live orders and those that ended lately. */
export interface Stock extends StockTotals {
  readonly holds: PersistentMap<Claim>;
  readonly commitments: PersistentMap<Claim>;
  /** At least the expiries of all holds; those of ended holds are passed over. */
  readonly expiries: ExpiryQueue;
  readonly ended: Recent<Ending>;
  readonly refused: Recent<Refusal>;
  /** As last recorded. */
  readonly shortfall: number;
}

export const RELEASED_BY_EXPIRY = 'expired';

/** Beyond the time until which an order could still be held: messages on their way arrive sooner. */
const REMEMBERED_MS = 10 * 60_000;
/**
 * What a hot product remembers at least of refusals, and of endings. Beyond it a late message may be answered anew: a
 * hold made so lapses by itself, and of all else the order's reservation has the last word.
 */
const LEAST_REMEMBERED = 4096;
const TOLERATED_LEFTOVERS = 64;

export const emptyStock: Stock = {
  onHand: 0,
  held: 0,
  committed: 0,
  holds: PersistentMap.empty(),
  commitments: PersistentMap.empty(),
  expiries: NO_EXPIRIES,
  ended: nothingRecent(),
  refused: nothingRecent(),
  shortfall: 0,
};

export const availableIn = ({ onHand, held, committed }: StockTotals): number => onHand - held - committed;

/** Negative availability as a positive number. */
export const shortfallOf = (totals: StockTotals): number => Math.max(0, -availableIn(totals));

/** Where an order stands with the product; `none`: never heard of, or long ended. */
export type Standing =
  | { readonly standing: 'held' | 'committed' | 'none' | Ending }
  | { readonly standing: 'refused'; readonly refusal: Refusal };

export function standingOf(stock: Stock, orderId: string): Standing {
  if (stock.holds.has(orderId)) return { standing: 'held' };
  if (stock.commitments.has(orderId)) return { standing: 'committed' };
  const refusal = recall(stock.refused, orderId);
  if (refusal !== undefined) return { standing: 'refused', refusal };
  return { standing: recall(stock.ended, orderId) ?? 'none' };
}

export function evolveStock(stock: Stock, event: StockEvent): Stock {
  switch (event.type) {
    case 'StockAdjusted':
      return { ...stock, ...totalsOf(event) };
    case 'ShortfallRecorded':
      return { ...stock, shortfall: event.shortfall };
    case 'StockHeld': {
      const { orderId, quantity } = event;
      const expiresAt = Date.parse(event.expiresAt);
      return { ...stock, ...totalsOf(event), holds: stock.holds.set(orderId, { quantity, expiresAt }), expiries: addExpiry(stock.expiries, { orderId, expiresAt }) };
    }
    case 'StockCommitted': {
      const { orderId, quantity } = event;
      const claim = stock.holds.get(orderId) ?? { quantity, expiresAt: 0 };
      return withoutHold({ ...stock, ...totalsOf(event), commitments: stock.commitments.set(orderId, claim) }, orderId);
    }
    case 'StockRefused': {
      const now = Date.parse(event.at);
      const { orderId, requested, available } = event;
      return { ...stock, refused: remember(stock.refused, orderId, { requested, available }, { now, until: now + REMEMBERED_MS, capacity: LEAST_REMEMBERED }) };
    }
    case 'StockReleased':
      return ended({ ...stock, ...totalsOf(event) }, event, event.reason === RELEASED_BY_EXPIRY ? 'expired' : 'released');
    case 'StockShipped':
      return ended({ ...stock, ...totalsOf(event) }, event, 'shipped');
    default:
      return stock;
  }
}

const totalsOf = ({ onHand, held, committed }: StockTotals): StockTotals => ({ onHand, held, committed });

function ended(stock: Stock, { orderId, at }: { readonly orderId: string; readonly at: string }, ending: Ending): Stock {
  const now = Date.parse(at);
  const claim = stock.holds.get(orderId) ?? stock.commitments.get(orderId);
  const until = Math.max(now, claim?.expiresAt ?? 0) + REMEMBERED_MS;
  const forgotten = { ...stock, commitments: stock.commitments.delete(orderId), ended: remember(stock.ended, orderId, ending, { now, until, capacity: LEAST_REMEMBERED }) };
  return withoutHold(forgotten, orderId);
}

function withoutHold(stock: Stock, orderId: string): Stock {
  const holds = stock.holds.delete(orderId);
  return { ...stock, holds, expiries: tidied(stock.expiries, holds) };
}

const isLive = (holds: PersistentMap<Claim>, { orderId, expiresAt }: { readonly orderId: string; readonly expiresAt: EpochMs }): boolean =>
  holds.get(orderId)?.expiresAt === expiresAt;

/** Without what ended holds left behind at the front; built anew when they are more than the live ones. */
function tidied(expiries: ExpiryQueue, holds: PersistentMap<Claim>): ExpiryQueue {
  if (sizeOf(expiries) > 2 * holds.size + TOLERATED_LEFTOVERS) return expiriesOf(holds);
  let queue = expiries;
  for (let first = earliestOf(queue); first !== undefined && !isLive(holds, first); first = earliestOf(queue)) queue = withoutEarliest(queue);
  return queue;
}

export const expiriesOf = (holds: PersistentMap<Claim>): ExpiryQueue =>
  expiryQueueOf([...holds].map(([orderId, { expiresAt }]) => ({ orderId, expiresAt })));

/** Undefined when nothing is held. */
export const earliestHoldIn = (stock: Stock): Expiry | undefined => earliestOf(stock.expiries);

/** Holds whose time is over, the longest expired first. */
export function* lapsedHolds(stock: Stock, now: EpochMs): Iterable<{ readonly orderId: string; readonly quantity: number }> {
  let queue = stock.expiries;
  for (let first = earliestOf(queue); first !== undefined && first.expiresAt <= now; first = earliestOf(queue)) {
    const claim = stock.holds.get(first.orderId);
    if (claim?.expiresAt === first.expiresAt) yield { orderId: first.orderId, quantity: claim.quantity };
    queue = withoutEarliest(queue);
  }
}
