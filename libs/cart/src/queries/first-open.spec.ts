import fc from 'fast-check';
import { firstOpen } from './first-open';

const closedBelow = (count: number) => {
  const looked: number[] = [];
  return { looked, isClosed: async (number: number) => (looked.push(number), number < count) };
};

describe('the first open number', () => {
  it('is found from any hint that is not ahead', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(5000), fc.nat(5000), async (a, b) => {
        const [hint, count] = [Math.min(a, b), Math.max(a, b)];
        expect(await firstOpen(hint, closedBelow(count).isClosed)).toBe(count);
      }),
    ));

  it('costs one look when the hint is right, two when it is one behind, and few when it is lost', async () => {
    for (const [hint, most] of [[1_000_000, 1], [999_999, 2], [0, 45]] as const) {
      const { looked, isClosed } = closedBelow(1_000_000);
      await firstOpen(hint, isClosed);
      expect(looked.length).toBeLessThanOrEqual(most);
    }
  });
});
