/** A binary heap: the entry with the lowest number comes first. */
export class EarliestFirst<T> {
  private heap: { readonly at: number; readonly entry: T }[] = [];

  get first(): { readonly at: number; readonly entry: T } | undefined {
    return this.heap[0];
  }

  push(at: number, entry: T): void {
    const { heap } = this;
    let index = heap.length;
    const added = { at, entry };
    heap.push(added);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = added;
  }

  takeFirst(): T | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first?.entry;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const lower = (heap[right]?.at ?? Number.POSITIVE_INFINITY) < (heap[left]?.at ?? Number.POSITIVE_INFINITY) ? right : left;
      const below = heap[lower];
      if (below === undefined || below.at >= last.at) break;
      heap[index] = below;
      index = lower;
    }
    heap[index] = last;
    return first.entry;
  }

  clear(): void {
    this.heap = [];
  }
}
