import type { EventStore } from '@tillroll/event-store';
import type { Retry } from '../consumers/retry';
import type { Consumer, EventBus } from '../port';
import { createTranslator, type Translator } from '../translate';
import { Happenings, samplePublications } from './happenings';

export interface BusSettings {
  readonly translator: Translator;
  readonly retry: Retry;
  readonly inFlight: number;
  readonly mostHeld: number;
  readonly handlerTimeoutMs: number;
  readonly drainMs: number;
}

export interface OpenedBus {
  readonly store: EventStore;
  readonly bus: EventBus;
  /** Ends without {@link EventBus.stop}, as a crash does. What was durable is found by the next opening. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** A place that keeps its data from one opening to the next. */
export interface BusPlace {
  open(settings: BusSettings): Promise<OpenedBus>;
  remove(): Promise<void>;
}

const SETTINGS: Omit<BusSettings, 'translator'> = {
  retry: { attempts: 3, backoffMs: 0, longestMs: 0 },
  inFlight: 8,
  mostHeld: 32,
  handlerTimeoutMs: 60_000,
  drainMs: 60_000,
};

/** One test's bus, through all its restarts. */
export class BusUnderTest {
  readonly translator = createTranslator([samplePublications]);
  readonly happenings = new Happenings(() => this.store);
  private opened: OpenedBus | undefined;

  constructor(private readonly place: BusPlace) {}

  get bus(): EventBus {
    return this.present.bus;
  }

  get store(): EventStore {
    return this.present.store;
  }

  /** Opened and not started. */
  async open(settings: Partial<BusSettings> = {}): Promise<void> {
    this.opened = await this.place.open({ ...SETTINGS, translator: this.translator, ...settings });
  }

  async start(consumers: readonly Consumer[], settings: Partial<BusSettings> = {}): Promise<void> {
    if (this.opened === undefined) await this.open(settings);
    for (const consumer of consumers) this.bus.register(consumer);
    await this.bus.start();
  }

  /** How many events the stream has. */
  async lengthOf(streamId: string): Promise<number> {
    let count = 0;
    for await (const page of this.store.readStream(streamId)) count += page.length;
    return count;
  }

  async stop(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.close();
  }

  async crash(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.crash();
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.place.remove();
  }

  private get present(): OpenedBus {
    if (this.opened === undefined) throw new Error('no bus is open');
    return this.opened;
  }
}
