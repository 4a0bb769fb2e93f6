import fc from 'fast-check';
import { allowance, type AllowanceCommand, type AllowanceEvent } from './allowance';
import { allowanceSnapshot } from './allowance-snapshot';

const DAY_MS = 24 * 60 * 60_000;

const step = fc.record({
  order: fc.nat({ max: 15 }),
  quantity: fc.integer({ min: 1, max: 3 }),
  hoursLater: fc.nat({ max: 40 }),
  what: fc.constantFrom('claim', 'claim', 'claim', 'release', 'restart'),
});

/** Accepted and not given back, by order. */
function purchasesIn(history: readonly AllowanceEvent[]): ReadonlyMap<string, { readonly quantity: number; readonly at: number }> {
  const purchases = new Map<string, { readonly quantity: number; readonly at: number }>();
  for (const event of history) {
    if (event.type === 'AllowanceClaimed') purchases.set(event.orderId, { quantity: event.quantity, at: Date.parse(event.at) });
    if (event.type === 'AllowanceReleased') purchases.delete(event.orderId);
  }
  return purchases;
}

describe('whatever a customer orders', () => {
  it('purchases of a limited product within the window never exceed the limit (invariant 9)', () =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.integer({ min: 1, max: 5 }), fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }), (steps, quantity, days) => {
        const limit = { quantity, ...(days === undefined ? {} : { days }) };
        const history: AllowanceEvent[] = [];
        let state = allowance.initialState;
        let at = 0;
        for (const { order, hoursLater, what, ...line } of steps) {
          at += (hoursLater * DAY_MS) / 24;
          const of = { productId: 'tea', customerId: 'ann', orderId: `order-${order}`, at };
          if (what === 'restart') state = allowanceSnapshot.decode(JSON.parse(JSON.stringify(allowanceSnapshot.encode(state))));
          else {
            const command: AllowanceCommand = what === 'claim' ? { type: 'ClaimAllowance', ...of, quantity: line.quantity, limit } : { type: 'ReleaseAllowance', ...of };
            const events = allowance.decide(state, command);
            history.push(...events);
            state = events.reduce((before, event) => allowance.evolve(before, event), state);
          }
          const within = [...purchasesIn(history).values()].filter((purchase) => days === undefined || purchase.at > at - days * DAY_MS);
          expect(within.reduce((sum, purchase) => sum + purchase.quantity, 0)).toBeLessThanOrEqual(quantity);
        }
      }),
    ));
});
