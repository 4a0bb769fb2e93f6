/**
 * The first number from `from` on that is not closed, where everything before an open one is closed.
 * Looks O(log n) times when n numbers are closed: a lost hint does not cost a look at each.
 */
export async function firstOpen(from: number, isClosed: (number: number) => Promise<boolean>): Promise<number> {
  if (!(await isClosed(from))) return from;
  let closed = from;
  let step = 1;
  while (await isClosed(closed + step)) {
    closed += step;
    step *= 2;
  }
  let open = closed + step;
  while (open - closed > 1) {
    const middle = closed + Math.floor((open - closed) / 2);
    if (await isClosed(middle)) closed = middle;
    else open = middle;
  }
  return open;
}
