import type { VirtualClock } from '@tillroll/testing';

/** Lets time pass in steps, with real work going on in between, until the condition holds. */
export async function advanceUntil(clock: VirtualClock, condition: () => boolean, stepMs = 100): Promise<void> {
  while (!condition()) {
    await clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
