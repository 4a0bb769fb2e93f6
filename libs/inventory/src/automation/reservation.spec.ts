import { allowance } from '../write/allowance';
import { stock } from '../write/stock';
import { adjusted, committed, held, minutes, NOON, refused, released, shipped, totals } from '../testing/stock-samples';
import { answerToClaim, answerToHold, findingsIn, isCommitted } from './reservation-answers';
import { requestFor } from './reservation-request';
import { claimReleasesFor, claimsFor, commitsFor, holdsFor, releasesFor, shipmentsFor } from './reservation-steps';

const order = {
  orderId: 'o1',
  customerId: 'ann',
  lines: [
    { productId: 'tea', quantity: 2 },
    { productId: 'mug', quantity: 1 },
    { productId: 'tea', quantity: 3 },
  ],
  placedAt: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T12:30:00.000Z',
};
const request = requestFor(order);

describe('what an order wants', () => {
  it('is one line for each product, held a minute longer than the order lives', () =>
    expect(request).toEqual({
      orderId: 'o1',
      customerId: 'ann',
      lines: [
        { productId: 'tea', quantity: 5 },
        { productId: 'mug', quantity: 1 },
      ],
      expiresAt: '2026-03-01T12:31:00.000Z',
    }));

  const of = (productId: string) => ({ productId, orderId: 'o1', at: NOON });
  const line = (productId: string, quantity: number) => ({ ...of(productId), quantity, expiresAt: minutes(31) });

  it('becomes commands to each product', () => {
    expect(holdsFor(request, NOON)).toEqual([
      { type: 'HoldStock', ...line('tea', 5) },
      { type: 'HoldStock', ...line('mug', 1) },
    ]);
    expect(commitsFor(request, NOON)).toEqual([
      { type: 'CommitStock', ...line('tea', 5) },
      { type: 'CommitStock', ...line('mug', 1) },
    ]);
    expect(shipmentsFor(request, NOON).map(({ type, productId }) => [type, productId])).toEqual([
      ['ShipStock', 'tea'],
      ['ShipStock', 'mug'],
    ]);
    expect(releasesFor(request, 'order_canceled', NOON)).toEqual([
      { type: 'ReleaseStock', ...of('tea'), reason: 'order_canceled' },
      { type: 'ReleaseStock', ...of('mug'), reason: 'order_canceled' },
    ]);
  });

  it('is counted from when it was placed, against the limits of those products that have one', () => {
    const limit = { quantity: 5, days: 7 };
    expect(claimsFor(request, new Map([['tea', limit]]), NOON)).toEqual([
      { type: 'ClaimAllowance', ...of('tea'), customerId: 'ann', quantity: 5, limit },
      { type: 'ClaimAllowance', ...of('mug'), customerId: 'ann', quantity: 1, limit: undefined },
    ]);
    expect(claimReleasesFor(request, NOON)).toEqual([
      { type: 'ReleaseAllowance', ...of('tea'), customerId: 'ann' },
      { type: 'ReleaseAllowance', ...of('mug'), customerId: 'ann' },
    ]);
  });
});

describe('what a product answered', () => {
  const hold = { type: 'HoldStock', productId: 'tea', orderId: 'a', quantity: 3, expiresAt: minutes(31), at: NOON } as const;
  const after = (...events: Parameters<typeof stock.evolve>[1][]) => events.reduce((state, event) => stock.evolve(state, event), stock.initialState);
  const five = adjusted(5, totals(5));

  it('is yes while the order holds or owns the goods', () => {
    expect(answerToHold(after(five, held('a', 3, totals(5, 3))), hold)).toEqual({ is: 'granted' });
    expect(answerToHold(after(five, held('a', 3, totals(5, 3)), committed('a', 3, totals(5, 0, 3))), hold)).toEqual({ is: 'granted' });
  });

  it('is the shortage when it was refused', () =>
    expect(answerToHold(after(five, refused('a', 6, 5)), { ...hold, quantity: 6 })).toEqual({
      is: 'refused',
      problem: { productId: 'tea', requested: 6, available: 5 },
    }));

  it('is no when the product has forgotten its refusal', () =>
    expect(answerToHold(after(adjusted(2, totals(2))), hold)).toEqual({ is: 'refused', problem: { productId: 'tea', requested: 3, available: 2 } }));

  it('is that the hold was given back when it has ended since', () =>
    expect(answerToHold(after(five, held('a', 3, totals(5, 3)), released('a', 3, totals(5))), hold)).toEqual({
      is: 'given back',
      problem: { productId: 'tea', requested: 3, available: 5 },
    }));

  it('names what was given back by an interrupted attempt only when nothing else stands in the way', () => {
    const tea = { productId: 'tea', requested: 3, available: 5 };
    const mug = { productId: 'mug', requested: 1, available: 0 };
    const limit = { productId: 'tea', limit: 2, alreadyBought: 0, inCart: 3, requested: 3 };
    expect(findingsIn([{ is: 'given back', problem: tea }, { is: 'refused', problem: mug }], [{ is: 'given back', problem: limit }])).toEqual({ shortages: [mug], limits: [] });
    expect(findingsIn([{ is: 'given back', problem: tea }], [{ is: 'refused', problem: limit }])).toEqual({ shortages: [], limits: [limit] });
    expect(findingsIn([{ is: 'given back', problem: tea }, { is: 'granted' }], [])).toEqual({ shortages: [tea], limits: [] });
    expect(findingsIn([{ is: 'granted' }], [{ is: 'granted' }])).toEqual({ shortages: [], limits: [] });
  });

  it('tells whether the goods are the order’s', () => {
    const holding = [five, held('a', 3, totals(5, 3))];
    expect(isCommitted(after(...holding), 'a')).toBe(false);
    expect(isCommitted(after(...holding, committed('a', 3, totals(5, 0, 3))), 'a')).toBe(true);
    expect(isCommitted(after(...holding, committed('a', 3, totals(5, 0, 3)), shipped('a', 3, totals(2))), 'a')).toBe(true);
    expect(isCommitted(after(...holding, released('a', 3, totals(5))), 'a')).toBe(false);
  });
});

describe('what an allowance answered', () => {
  const claim = (orderId: string, quantity: number) => ({ type: 'ClaimAllowance', productId: 'tea', customerId: 'ann', orderId, quantity, limit: { quantity: 3 }, at: NOON }) as const;
  const claiming = (state: typeof allowance.initialState, orderId: string, quantity: number) => {
    const events = allowance.decide(state, claim(orderId, quantity));
    return { events, state: events.reduce((before, event) => allowance.evolve(before, event), state) };
  };

  it('is yes, also the second time', () => {
    const first = claiming(allowance.initialState, 'a', 3);
    expect(answerToClaim(first.state, first.events, claim('a', 3))).toEqual({ is: 'granted' });
    const second = claiming(first.state, 'a', 3);
    expect(answerToClaim(second.state, second.events, claim('a', 3))).toEqual({ is: 'granted' });
  });

  it('is what the limit is, and how it would be exceeded', () => {
    const { state } = claiming(allowance.initialState, 'a', 2);
    const refusal = claiming(state, 'b', 2);
    expect(answerToClaim(refusal.state, refusal.events, claim('b', 2))).toEqual({
      is: 'refused',
      problem: { productId: 'tea', limit: 3, alreadyBought: 2, inCart: 2, requested: 2 },
    });
  });

  it('is that the claim was given back when it has ended since', () => {
    const { state } = claiming(allowance.initialState, 'a', 3);
    const ended = allowance.evolve(state, { type: 'AllowanceReleased', productId: 'tea', customerId: 'ann', orderId: 'a', at: '2026-03-01T12:00:00.000Z' });
    expect(answerToClaim(ended, [], claim('a', 3))).toMatchObject({ is: 'given back', problem: { limit: 3, alreadyBought: 0 } });
  });
});
