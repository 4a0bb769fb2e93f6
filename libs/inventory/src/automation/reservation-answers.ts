import { type Allowance, type AllowanceEvent, boughtWithin, type ClaimAllowance, hasClaimed } from '../write/allowance';
import type { LimitExceeded } from '../write/reservation-events';
import type { HoldStock } from '../write/stock-commands';
import { availableIn, type Shortage, standingOf, type Stock } from '../write/stock-state';

/**
 * Undefined when the hold stands. Read from the state, not from what the command made happen: a repeated command
 * may find a hold that has ended since.
 */
export function shortageAfter(stock: Stock, { productId, orderId, quantity }: HoldStock): Shortage | undefined {
  const answer = standingOf(stock, orderId);
  if (answer.standing === 'held' || answer.standing === 'committed') return undefined;
  if (answer.standing === 'refused') return answer.shortage;
  return { productId, requested: quantity, available: Math.max(0, availableIn(stock)) };
}

/**
 * The lines to name in a refusal. A line that was held and given back by an interrupted attempt is not short, unless
 * there is nothing else to name.
 */
export function namedShortages(found: readonly Shortage[]): readonly Shortage[] {
  const short = found.filter(({ requested, available }) => available < requested);
  return short.length > 0 ? short : found;
}

export const isCommitted = (stock: Stock, orderId: string): boolean => {
  const { standing } = standingOf(stock, orderId);
  return standing === 'committed' || standing === 'shipped';
};

/** Undefined when the claim stands. The whole line is both in the cart and asked for. */
export function limitExceededAfter(allowance: Allowance, events: readonly AllowanceEvent[], claim: ClaimAllowance): LimitExceeded | undefined {
  if (hasClaimed(allowance, claim.orderId)) return undefined;
  const { productId, quantity, limit, at } = claim;
  const refusal = events.find((event) => event.type === 'AllowanceRefused');
  const alreadyBought = refusal?.alreadyBought ?? boughtWithin(allowance, limit, at);
  return { productId, limit: refusal?.limit ?? limit.quantity, alreadyBought, inCart: quantity, requested: quantity };
}
