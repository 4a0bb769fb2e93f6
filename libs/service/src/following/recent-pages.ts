import { BEGINNING, type SubscriptionPage } from '@tillroll/event-store';

/** The last pages of the log, numbered in their order. Bounded by the events in them. */
export class RecentPages {
  private readonly pages: SubscriptionPage[] = [];
  private first = 0;
  private events = 0;
  private since = BEGINNING;

  constructor(private readonly mostEvents: number) {}

  /** Whoever is at this position or beyond finds here all that comes next. */
  get begin(): number {
    return this.since;
  }

  /** Where the last page ends. */
  get end(): number {
    return this.pages.at(-1)?.position ?? this.since;
  }

  /** Forgets everything: what comes next comes behind the position. */
  startAt(position: number): void {
    this.first += this.pages.length;
    this.pages.length = 0;
    this.events = 0;
    this.since = position;
  }

  add(page: SubscriptionPage): void {
    this.pages.push(page);
    this.events += page.events.length;
    while (this.events > this.mostEvents && this.pages.length > 1) this.dropFirst();
  }

  /** The number of the next page to come. */
  get next(): number {
    return this.first + this.pages.length;
  }

  /** The number of the first page that ends behind the position; of the next one to come when there is none yet. */
  numberBehind(position: number): number {
    const index = this.pages.findIndex((page) => page.position > position);
    return index === -1 ? this.next : this.first + index;
  }

  /** Undefined: not there yet, or no longer there. */
  at(number: number): SubscriptionPage | undefined {
    return this.pages[number - this.first];
  }

  private dropFirst(): void {
    const dropped = this.pages.shift();
    if (dropped === undefined) return;
    this.first++;
    this.events -= dropped.events.length;
    this.since = dropped.position;
  }
}
