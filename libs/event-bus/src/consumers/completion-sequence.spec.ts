import fc from 'fast-check';
import { CompletionSequence } from './completion-sequence';

describe('a completion sequence', () => {
  it('stands behind the lowest unfinished event', () => {
    const sequence = new CompletionSequence(10);
    const [first, second, third] = [sequence.begin(12), sequence.begin(15), sequence.begin(20)];
    sequence.finish(second);
    expect(sequence.position).toBe(10);
    sequence.finish(first);
    expect(sequence.position).toBe(15);
    sequence.finish(third);
    expect(sequence.position).toBe(20);
  });

  it('moves over what it has nothing to do with only while nothing is in hand', () => {
    const sequence = new CompletionSequence(0);
    sequence.sawUpTo(30);
    expect(sequence.position).toBe(30);
    const inHand = sequence.begin(31);
    sequence.sawUpTo(90);
    expect(sequence.position).toBe(30);
    sequence.finish(inHand);
    expect(sequence.position).toBe(31);
    sequence.sawUpTo(20);
    expect(sequence.position).toBe(31);
  });

  it('never stands at or behind an unfinished event, never falls, and gets to the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), fc.infiniteStream(fc.nat()), (count, draws) => {
        const sequence = new CompletionSequence(0);
        const unfinished = Array.from({ length: count }, (_, i) => sequence.begin((i + 1) * 3));
        let before = 0;
        while (unfinished.length > 0) {
          const [next] = unfinished.splice((draws.next().value ?? 0) % Math.min(unfinished.length, 50), 1);
          if (next !== undefined) sequence.finish(next);
          const lowest = unfinished[0]?.position ?? Number.POSITIVE_INFINITY;
          if (sequence.position >= lowest || sequence.position < before) return false;
          if (sequence.position !== Math.min(lowest, (count + 1) * 3) - 3) return false;
          before = sequence.position;
        }
        return sequence.isIdle && sequence.position === count * 3;
      }),
      { numRuns: 50 },
    );
  });
});
