import { toTimestamp } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import { allowance, type AllowanceCommand, type AllowanceEvent } from './allowance';
import type { PurchaseLimit } from './product';

const of = (orderId: string) => ({ productId: 'tea', customerId: 'ann', orderId });
const day = (count: number): number => Date.parse('2026-03-01T00:00:00.000Z') + count * 24 * 60 * 60_000;
const weekly: PurchaseLimit = { quantity: 3, days: 7 };
const ever: PurchaseLimit = { quantity: 3 };

const claim = (orderId: string, quantity: number, limit: PurchaseLimit, at = day(0)): AllowanceCommand => ({ type: 'ClaimAllowance', ...of(orderId), quantity, limit, at });
const giveBack = (orderId: string, at = day(0)): AllowanceCommand => ({ type: 'ReleaseAllowance', ...of(orderId), at });
const claimed = (orderId: string, quantity: number, at = day(0), days?: number): AllowanceEvent => ({
  type: 'AllowanceClaimed',
  ...of(orderId),
  quantity,
  ...(days === undefined ? {} : { days }),
  at: toTimestamp(at),
});
const refused = (orderId: string, requested: number, alreadyBought: number): AllowanceEvent => ({ type: 'AllowanceRefused', ...of(orderId), limit: 3, alreadyBought, requested });
const released = (orderId: string, at = day(0)): AllowanceEvent => ({ type: 'AllowanceReleased', ...of(orderId), at: toTimestamp(at) });

describe('a purchase limit', () => {
  it('lets through as much as it says, across orders', () => {
    given(allowance).when(claim('a', 3, ever)).then(claimed('a', 3));
    given(allowance, [claimed('a', 2)]).when(claim('b', 1, ever)).then(claimed('b', 1));
    given(allowance, [claimed('a', 2)]).when(claim('b', 2, ever)).then(refused('b', 2, 2));
  });

  it('counts back over its window', () => {
    const history = [claimed('a', 2, day(0), 7)];
    given(allowance, history).when(claim('b', 2, weekly, day(6.99))).then(refused('b', 2, 2));
    given(allowance, history).when(claim('b', 2, weekly, day(7))).then(claimed('b', 2, day(7), 7));
  });

  it('without a window counts for ever', () => given(allowance, [claimed('a', 2)]).when(claim('b', 2, ever, day(10_000))).then(refused('b', 2, 2)));

  it('recognises an order that claimed before', () => given(allowance, [claimed('a', 3)]).when(claim('a', 3, ever)).thenNothing());

  it('is given back once, by orders that came to nothing, and not claimed again by them', () => {
    given(allowance, [claimed('a', 3)]).when(giveBack('a')).then(released('a'));
    given(allowance, [claimed('a', 3), released('a')]).when(giveBack('a')).thenNothing();
    given(allowance, [claimed('a', 3), released('a')]).when(claim('a', 3, ever)).thenNothing();
    given(allowance, [claimed('a', 3), released('a')]).when(claim('b', 3, ever)).then(claimed('b', 3));
    given(allowance).when(giveBack('a')).thenNothing();
  });

  it('keeps no purchase longer than the widest window needs it', () =>
    given(allowance, [claimed('a', 1, day(0), 7), claimed('b', 1, day(5), 7)])
      .when(claim('c', 1, weekly, day(9)))
      .thenState(({ purchases }) => expect([...purchases.keys()]).toEqual(['b', 'c'])));
});
