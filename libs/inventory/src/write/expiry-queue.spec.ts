import fc from 'fast-check';
import { addExpiry, earliestOf, type ExpiryQueue, expiryQueueOf, NO_EXPIRIES, sizeOf, withoutEarliest } from './expiry-queue';

const expiries = fc.array(fc.record({ orderId: fc.uuid(), expiresAt: fc.nat({ max: 50 }) }));

function drained(queue: ExpiryQueue): readonly number[] {
  const times: number[] = [];
  for (let rest = queue, first = earliestOf(rest); first !== undefined; rest = withoutEarliest(rest), first = earliestOf(rest)) times.push(first.expiresAt);
  return times;
}

describe('a queue of expiries', () => {
  it('gives them earliest first', () =>
    fc.assert(fc.property(expiries, (all) => expect(drained(expiryQueueOf(all))).toEqual(all.map(({ expiresAt }) => expiresAt).sort((a, b) => a - b)))));

  it('counts them', () => fc.assert(fc.property(expiries, (all) => expect(sizeOf(expiryQueueOf(all))).toBe(all.length))));

  it('leaves the queue before as it was', () => {
    const before = expiryQueueOf([{ orderId: 'a', expiresAt: 2 }]);
    addExpiry(before, { orderId: 'b', expiresAt: 1 });
    withoutEarliest(before);
    expect(drained(before)).toEqual([2]);
  });

  it('is empty at first', () => expect(earliestOf(withoutEarliest(NO_EXPIRIES))).toBeUndefined());

  it('takes many that come in order without deep recursion', () => {
    const queue = expiryQueueOf(Array.from({ length: 200_000 }, (_, expiresAt) => ({ orderId: '', expiresAt })));
    expect(earliestOf(withoutEarliest(queue))?.expiresAt).toBe(1);
  });
});
