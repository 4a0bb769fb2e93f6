import type { Aggregates } from '@tillroll/processing';

export class Died extends Error {}

interface Mortal {
  /** How many steps it has begun. */
  readonly steps: () => number;
  /** Resolves when those that were under way at the death have ended. */
  readonly settled: () => Promise<unknown>;
}

/**
 * The process dies at its step number `at`: before the step is made, or when it is made and its answer is lost.
 * Nothing is done from then on.
 */
export function dyingAt(aggregates: Aggregates, at: number, when: 'before' | 'after'): Aggregates & Mortal {
  let step = 0;
  let dead = false;
  const underWay: Promise<unknown>[] = [];
  const mortal = <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) return Promise.reject(new Died());
    const mine = step++ === at;
    dead ||= mine;
    if (mine && when === 'before') return Promise.reject(new Died());
    const done = work();
    underWay.push(done.catch(() => undefined));
    return mine ? done.then(() => Promise.reject(new Died())) : done;
  };
  return {
    execute: (...given) => mortal(() => aggregates.execute(...given)),
    load: (...given) => mortal(() => aggregates.load(...given)),
    until: (...given) => mortal(() => aggregates.until(...given)),
    steps: () => step,
    settled: () => Promise.all(underWay),
  };
}
