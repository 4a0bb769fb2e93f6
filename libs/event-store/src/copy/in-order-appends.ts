import { type Clock, sleep } from '@tillroll/kernel';
import { type EventStore, type ExpectedRevision, type NewEvent, StoreUnavailable, WrongExpectedRevision } from '../port';

export interface PlannedAppend {
  readonly streamId: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

export interface InOrderAppendsOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  /** So many appends are on their way at a time. */
  readonly atOnce: number;
  /** How long a store that cannot be reached is asked again. */
  readonly patienceMs: number;
  readonly written: (append: PlannedAppend) => void;
}

/** The stream in the target has another event where one was to be appended. */
export class OtherEventThere extends Error {
  override readonly name = 'OtherEventThere';
  constructor(
    readonly streamId: string,
    readonly revision: number,
  ) {
    super(`the stream ${streamId} has another event at revision ${revision}`);
  }
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Appends in the order given, several on their way at a time, with the revisions that each will find. Once one fails,
 * none is begun until all that are on their way have ended; then those that failed are made again one by one, in order.
 * So the log of the target has the order given, as far as the target takes appends in the order of the calls.
 */
export class InOrderAppends {
  private readonly onTheirWay: { readonly append: PlannedAppend; readonly failure: Promise<unknown> }[] = [];

  constructor(private readonly options: InOrderAppendsOptions) {}

  /** Resolves when there is room for the next one. Rejects when an earlier one cannot be made. */
  async add(append: PlannedAppend): Promise<void> {
    while (this.onTheirWay.length >= this.options.atOnce) await this.settleOldest();
    this.onTheirWay.push({ append, failure: this.begin(append) });
  }

  /** Resolves when everything that was added is written. */
  async settled(): Promise<void> {
    while (this.onTheirWay.length > 0) await this.settleOldest();
  }

  private begin({ streamId, expected, events }: PlannedAppend): Promise<unknown> {
    return this.options.store.append(streamId, expected, events).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  private async settleOldest(): Promise<void> {
    const oldest = this.onTheirWay.shift();
    if (oldest === undefined) return;
    if ((await oldest.failure) === undefined) return this.options.written(oldest.append);
    const failed = [oldest.append];
    for (const { append, failure } of this.onTheirWay.splice(0)) {
      if ((await failure) === undefined) this.options.written(append);
      else failed.push(append);
    }
    for (const append of failed) {
      await this.appendPatiently(append);
      this.options.written(append);
    }
  }

  private async appendPatiently(append: PlannedAppend): Promise<void> {
    const { clock, patienceMs } = this.options;
    const end = clock.now() + patienceMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await this.appendOrFind(append);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || clock.now() >= end) throw error;
        await sleep(clock, pause);
      }
    }
  }

  /** A part of it may be there: an append of a process that died may arrive after all. */
  private async appendOrFind({ streamId, expected, events }: PlannedAppend): Promise<void> {
    const { store } = this.options;
    try {
      await store.append(streamId, expected, events);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      const first = expected === 'no_stream' ? 0 : expected + 1;
      let found = 0;
      for await (const page of store.readStream(streamId, { from: first, limit: events.length })) {
        for (const event of page) {
          if (event.revision !== first + found || event.id !== events[found]?.id) throw new OtherEventThere(streamId, event.revision);
          found++;
        }
      }
      if (found === 0) throw error;
      if (found < events.length) await store.append(streamId, first + found - 1, events.slice(found));
    }
  }
}
