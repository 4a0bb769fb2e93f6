import { setImmediate as nextTurn } from 'node:timers/promises';

/** Waits, turn by turn of the event loop, until it is so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await nextTurn();
}
