import { toTimestamp } from '@tillroll/kernel';
import { given } from '@tillroll/testing';
import { allowance, type AllowanceCommand, type AllowanceEvent, boughtWithin } from './allowance';
import type { PurchaseLimit } from './product';

const of = (orderId: string) => ({ productId: 'tea', customerId: 'ann', orderId });
const day = (count: number): number => Date.parse('2026-03-01T00:00:00.000Z') + count * 24 * 60 * 60_000;
const weekly: PurchaseLimit = { quantity: 3, days: 7 };
const ever: PurchaseLimit = { quantity: 3 };

const claim = (orderId: string, quantity: number, limit: PurchaseLimit | undefined, at = day(0)): AllowanceCommand => ({ type: 'ClaimAllowance', ...of(orderId), quantity, limit, at });
const giveBack = (orderId: string, at = day(0)): AllowanceCommand => ({ type: 'ReleaseAllowance', ...of(orderId), at });
const claimed = (orderId: string, quantity: number, at = day(0)): AllowanceEvent => ({ type: 'AllowanceClaimed', ...of(orderId), quantity, at: toTimestamp(at) });
const refused = (orderId: string, requested: number, alreadyBought: number): AllowanceEvent => ({ type: 'AllowanceRefused', ...of(orderId), limit: 3, alreadyBought, requested });
const released = (orderId: string, at = day(0)): AllowanceEvent => ({ type: 'AllowanceReleased', ...of(orderId), at: toTimestamp(at) });

describe('a purchase limit', () => {
  it('lets through as much as it says, across orders', () => {
    given(allowance).when(claim('a', 3, ever)).then(claimed('a', 3));
    given(allowance, [claimed('a', 2)]).when(claim('b', 1, ever)).then(claimed('b', 1));
    given(allowance, [claimed('a', 2)]).when(claim('b', 2, ever)).then(refused('b', 2, 2));
  });

  it('counts back over its window', () => {
    const history = [claimed('a', 2)];
    given(allowance, history).when(claim('b', 2, weekly, day(6.99))).then(refused('b', 2, 2));
    given(allowance, history).when(claim('b', 2, weekly, day(7))).then(claimed('b', 2, day(7)));
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

  it('counts what was bought before there was a limit', () => {
    given(allowance).when(claim('a', 9, undefined)).then(claimed('a', 9));
    given(allowance, [claimed('a', 9)]).when(claim('b', 1, weekly)).then(refused('b', 1, 9));
  });

  it('counts exactly, however many orders there were before', () => {
    const daily = Array.from({ length: 1000 }, (_, number) => claimed(`order ${number}`, 1, day(number)));
    given(allowance, daily)
      .when(claim('b', 4, { quantity: 9, days: 7 }, day(1000)))
      .then({ type: 'AllowanceRefused', ...of('b'), limit: 9, alreadyBought: 6, requested: 4 });
  });

  it('keeps a bounded number of purchases', () => {
    const many = Array.from({ length: 1000 }, (_, number) => claimed(`order ${number}`, 1));
    given(allowance, many)
      .when(claim('b', 1, { quantity: 2000 }))
      .thenState((state) => {
        expect(state.purchases.size).toBe(256);
        expect(boughtWithin(state, ever, day(0))).toBe(1001);
      });
  });
});
