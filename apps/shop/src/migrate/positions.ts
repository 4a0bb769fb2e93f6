import { BEGINNING } from '@tillroll/event-store';

/** How many events of a log come up to each of some positions. */
export class CountsAtPositions {
  private readonly rising: readonly number[];
  private readonly counts = new Map<number, number>();
  private events = 0;
  private next = 0;

  constructor(positions: readonly number[]) {
    this.rising = [...new Set(positions)].toSorted((a, b) => a - b);
  }

  /** In the order of the log. */
  add(position: number): void {
    for (let wanted = this.rising[this.next]; wanted !== undefined && wanted < position; wanted = this.rising[++this.next]) this.counts.set(wanted, this.events);
    this.events++;
  }

  /** Once the log has ended: all of it for a position behind its end. */
  upTo(position: number): number {
    return this.counts.get(position) ?? this.events;
  }
}

/** Where the n-th event of a log is, for some n. */
export class PositionsAtCounts {
  private readonly wanted: ReadonlySet<number>;
  private readonly positions = new Map<number, number>();
  private events = 0;
  private last = BEGINNING;

  constructor(counts: readonly number[]) {
    this.wanted = new Set(counts);
  }

  /** In the order of the log. */
  add(position: number): void {
    this.last = position;
    if (this.wanted.has(++this.events)) this.positions.set(this.events, position);
  }

  /** The place behind so many events; the end for more than there are. */
  behind(count: number): number {
    return count === 0 ? BEGINNING : (this.positions.get(count) ?? this.last);
  }
}
