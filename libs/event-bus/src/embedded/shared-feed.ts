import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import { type Clock, sleep } from '@tillroll/kernel';
import { textOf } from '../consumers/key-lanes';
import type { BusLogger } from '../logger';
import type { Translator } from '../translate';
import type { DurableConsumer } from './durable-consumer';

export interface FeedOptions {
  readonly store: EventStore;
  readonly translator: Translator;
  readonly clock: Clock;
  readonly logger: BusLogger;
  readonly signal: AbortSignal;
  /** A page of the log has been handed out. */
  readonly progressed: () => void;
}

/** How long to wait before the store is asked again after it failed. */
const ASK_AGAIN_MS = 200;

/**
 * One subscription for all consumers that keep up; one that is behind, or has too much in hand, reads the log by itself
 * until it has caught up with the others. So the slow never hold up the quick, and nobody holds more than its share.
 */
export class SharedFeed {
  private position = 0;
  private readonly members = new Set<DurableConsumer>();
  private readonly routes = new Map<string, DurableConsumer[]>();
  private readonly loops = new Set<Promise<void>>();

  constructor(private readonly options: FeedOptions) {}

  start(consumers: readonly DurableConsumer[]): void {
    if (consumers.length === 0) return;
    this.position = Math.max(0, ...consumers.map(({ position }) => position));
    for (const consumer of consumers) {
      if (consumer.seen >= this.position) this.join(consumer);
      else this.keep(this.catchUp(consumer));
    }
    this.keep(this.subscribe());
  }

  /** Resolves when nobody reads any more, once the signal has aborted. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.loops);
  }

  private keep(loop: Promise<void>): void {
    const kept = loop.finally(() => this.loops.delete(kept));
    this.loops.add(kept);
  }

  private join(consumer: DurableConsumer): void {
    this.members.add(consumer);
    for (const type of consumer.types) this.routes.set(type, [...(this.routes.get(type) ?? []), consumer]);
  }

  private leave(consumer: DurableConsumer): void {
    this.members.delete(consumer);
    for (const type of consumer.types) this.routes.set(type, (this.routes.get(type) ?? []).filter((other) => other !== consumer));
  }

  private async subscribe(): Promise<void> {
    const { store, signal } = this.options;
    await this.untilAborted('the subscription of the bus broke off', async () => {
      for await (const page of store.subscribe({ after: this.position, signal })) {
        if (signal.aborted) return;
        this.handOut(page.events);
        this.position = Math.max(this.position, page.position);
        for (const consumer of this.members) consumer.sawUpTo(this.position);
        this.options.progressed();
      }
    });
  }

  private handOut(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      const consumers = this.routes.get(this.options.translator.typeOf(event) ?? '');
      if (consumers !== undefined) for (const consumer of consumers) this.hand(consumer, event);
      this.position = event.position;
    }
  }

  private hand(consumer: DurableConsumer, event: RecordedEvent): void {
    if (event.position <= consumer.seen) return;
    consumer.sawUpTo(this.position);
    if (consumer.hasRoom) return consumer.take(event);
    this.leave(consumer);
    this.keep(this.catchUp(consumer));
  }

  private async catchUp(consumer: DurableConsumer): Promise<void> {
    const { signal } = this.options;
    await this.untilAborted(
      `${consumer.name} cannot read the log`,
      async () => {
        do await this.readToTheEnd(consumer);
        while (consumer.seen < this.position && !signal.aborted);
      },
      () => consumer.seen >= this.position,
    );
    if (!signal.aborted) this.join(consumer);
  }

  private async readToTheEnd(consumer: DurableConsumer): Promise<void> {
    const { store, translator, signal } = this.options;
    await consumer.room();
    for await (const page of store.readAll({ after: consumer.seen })) {
      for (const event of page.events) {
        if (signal.aborted) return;
        if (consumer.types.has(translator.typeOf(event) ?? '')) {
          if (!consumer.hasRoom) await consumer.room();
          if (signal.aborted) return;
          consumer.take(event);
        } else consumer.sawUpTo(event.position);
      }
      consumer.sawUpTo(page.position);
      this.options.progressed();
    }
  }

  /** Repeats the work after a failure, and until it is done. */
  private async untilAborted(failure: string, work: () => Promise<void>, done: () => boolean = () => false): Promise<void> {
    const { signal, clock, logger } = this.options;
    while (!signal.aborted) {
      try {
        await work();
        if (done()) return;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ error: textOf(error) }, failure);
      }
      await sleep(clock, ASK_AGAIN_MS, signal).catch(() => undefined);
    }
  }
}
