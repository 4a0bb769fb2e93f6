import { type Allowance, type AllowanceEvent, boughtWithin, type ClaimAllowance, hasClaimed } from '../write/allowance';
import type { LimitExceeded } from '../write/reservation-events';
import type { HoldStock } from '../write/stock-commands';
import { availableIn, type Shortage, standingOf, type Stock } from '../write/stock-state';

/**
 * What a product or an allowance answers to an order. `given back`: it was granted once, and ended before the order's
 * reservation was concluded, as an interrupted attempt to refuse the order leaves it.
 */
export type Answer<Problem> =
  | { readonly is: 'granted' }
  | { readonly is: 'refused' | 'given back'; readonly problem: Problem };

const granted = { is: 'granted' } as const;

/** Read from the state, not from what the command made happen: a repeated command may find a hold that has ended since. */
export function answerToHold(stock: Stock, { productId, orderId, quantity }: HoldStock): Answer<Shortage> {
  const answer = standingOf(stock, orderId);
  switch (answer.standing) {
    case 'held':
    case 'committed':
      return granted;
    case 'refused':
      return { is: 'refused', problem: { productId, ...answer.refusal } };
    default: {
      const problem = { productId, requested: quantity, available: Math.max(0, availableIn(stock)) };
      return { is: answer.standing === 'none' ? 'refused' : 'given back', problem };
    }
  }
}

/** The whole line is both in the cart and asked for. */
export function answerToClaim(allowance: Allowance, events: readonly AllowanceEvent[], claim: ClaimAllowance): Answer<LimitExceeded> {
  const { productId, orderId, quantity, limit, at } = claim;
  const line = { productId, inCart: quantity, requested: quantity };
  const refusal = events.find((event) => event.type === 'AllowanceRefused');
  if (refusal !== undefined) return { is: 'refused', problem: { ...line, limit: refusal.limit, alreadyBought: refusal.alreadyBought } };
  if (limit === undefined || hasClaimed(allowance, orderId)) return granted;
  return { is: 'given back', problem: { ...line, limit: limit.quantity, alreadyBought: boughtWithin(allowance, limit, at) } };
}

export interface Findings {
  readonly shortages: readonly Shortage[];
  readonly limits: readonly LimitExceeded[];
}

/** What stands in the order's way: every line that was refused; only when there is none, what was given back. */
export function findingsIn(holds: readonly Answer<Shortage>[], claims: readonly Answer<LimitExceeded>[]): Findings {
  const refused = { shortages: problemsOf(holds, 'refused'), limits: problemsOf(claims, 'refused') };
  return isFine(refused) ? { shortages: problemsOf(holds, 'given back'), limits: problemsOf(claims, 'given back') } : refused;
}

export const isFine = ({ shortages, limits }: Findings): boolean => shortages.length + limits.length === 0;

const problemsOf = <Problem>(answers: readonly Answer<Problem>[], kind: 'refused' | 'given back'): readonly Problem[] =>
  answers.flatMap((answer) => (answer.is === kind ? [answer.problem] : []));

export const isCommitted = (stock: Stock, orderId: string): boolean => {
  const { standing } = standingOf(stock, orderId);
  return standing === 'committed' || standing === 'shipped';
};
