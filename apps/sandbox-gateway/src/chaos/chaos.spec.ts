import { Chaos, wellBehaved } from './chaos';
import { seededRandom } from './seeded-random';

const many = <T>(draw: () => T): readonly T[] => Array.from({ length: 2_000 }, draw);

describe('chaos', () => {
  it('spares everyone until it is asked for', () => {
    const chaos = new Chaos(seededRandom(1));
    expect(new Set(many(() => chaos.fateOfCall().fault))).toEqual(new Set(['none']));
    expect(chaos.fateOfWebhook()).toEqual({ drop: false, duplicate: false, holdBack: false, delayMs: 0 });
  });

  it('strikes always at a rate of 1, before and after', () => {
    const chaos = new Chaos(seededRandom(1));
    chaos.set({ ...wellBehaved, hangRate: 1, drop: 1, duplicate: 1, reorder: 1, delayMs: 9 });
    const calls = many(() => chaos.fateOfCall());
    expect(new Set(calls.map(({ fault }) => fault))).toEqual(new Set(['hang']));
    expect(new Set(calls.map(({ when }) => when))).toEqual(new Set(['before', 'after']));
    expect(chaos.fateOfWebhook()).toEqual({ drop: true, duplicate: true, holdBack: true, delayMs: 9 });
  });

  it('strikes about as often as the rate says', () => {
    const chaos = new Chaos(seededRandom(7));
    chaos.set({ ...wellBehaved, errorRate: 0.25, drop: 0.5 });
    expect(many(() => chaos.fateOfCall()).filter(({ fault }) => fault === 'error').length / 2_000).toBeCloseTo(0.25, 1);
    expect(many(() => chaos.fateOfWebhook()).filter(({ drop }) => drop).length / 2_000).toBeCloseTo(0.5, 1);
  });

  it('repeats itself with the same seed', () => {
    const fates = (seed: number) => {
      const chaos = new Chaos(seededRandom(seed));
      chaos.set({ ...wellBehaved, errorRate: 0.5, drop: 0.5 });
      return many(() => [chaos.fateOfCall(), chaos.fateOfWebhook()]);
    };
    expect(fates(3)).toEqual(fates(3));
    expect(fates(3)).not.toEqual(fates(4));
  });
});
