import type { EventStore } from '@tillroll/event-store';
import { StoreUnavailable } from '@tillroll/event-store';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { VirtualClock } from '@tillroll/testing';
import { embeddedRelayCheckpoints } from '../embedded/embedded-relay-checkpoints';
import { Gate } from '../testing/recording-consumer';
import { Happenings, keys, samplePublications } from '../testing/happenings';
import { temporaryEngine } from '../testing/temporary-engine';
import { until } from '../testing/until';
import { createTranslator } from '../translate';
import type { Outgoing, Prepared, Publisher } from './publisher';
import { openRelay, type RelayOptions } from './relay';
import type { RelayCheckpoints } from './relay-checkpoints';

interface Kept extends Prepared {
  readonly event: Outgoing;
}

const isKept = (prepared: Prepared): prepared is Kept => 'event' in prepared;

/** A bus in memory. */
class Memory implements Publisher {
  readonly batches: Outgoing[][] = [];
  fault: string | undefined;
  closed = 0;
  /** Before a batch is on the bus. */
  behave: () => Promise<void> = async () => undefined;

  prepare(event: Outgoing): Kept | undefined {
    return { bytes: 100, event };
  }

  async publish(events: readonly Prepared[]): Promise<void> {
    await this.behave();
    this.batches.push(events.filter(isKept).map(({ event }) => event));
  }

  async close(): Promise<void> {
    this.closed++;
  }

  get published(): readonly string[] {
    return this.batches.flat().map(({ subject, sequence }) => `${subject}:${sequence}`);
  }
}

describe('the relay', () => {
  let clock: VirtualClock;
  let place: Awaited<ReturnType<typeof temporaryEngine>>;
  let store: EventStore;
  let checkpoints: RelayCheckpoints;
  let puts: number;
  let happenings: Happenings;
  let bus: Memory;
  let stopping: AbortController;
  let led: Promise<void>;

  beforeEach(async () => {
    clock = new VirtualClock();
    place = await temporaryEngine();
    store = openEmbeddedEventStore({ engine: place.engine });
    const kept = embeddedRelayCheckpoints(place.engine);
    puts = 0;
    checkpoints = {
      get: (name) => kept.get(name),
      put(name, position, epoch) {
        puts++;
        return kept.put(name, position, epoch);
      },
    };
    happenings = new Happenings(() => store);
    bus = new Memory();
  });
  afterEach(async () => {
    stopping.abort(new Error('the test is over'));
    await led;
    await store.close();
    await place.close();
  });

  const lead = (options: Partial<RelayOptions> = {}, epoch = 1) => {
    stopping = new AbortController();
    const relay = openRelay({
      context: 'sample', store, translator: createTranslator([samplePublications]), checkpoints, clock, random: () => 0,
      openPublisher: async () => bus, ...options,
    });
    led = relay.lead(stopping.signal, epoch);
    return relay;
  };

  it('sends what waits together, in bounded batches, and each event once', async () => {
    const gate = new Gate();
    bus.behave = () => gate.passed;
    lead({ mostEvents: 10 });
    await happenings.happen('a');
    await happenings.happenEverywhere(keys(5), 7);
    gate.open();
    await until(() => bus.published.length === 36);
    expect(Math.max(...bus.batches.map(({ length }) => length))).toBe(10);
    expect(bus.batches.length).toBeLessThan(10);
    expect(new Set(bus.published).size).toBe(36);
  });

  it('stops while the bus does not answer and the queue is full', async () => {
    bus.behave = () => new Promise((_, reject) => stopping.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
    await happenings.happenEverywhere(keys(10), 20);
    const relay = lead({ mostEvents: 2 });
    await until(() => relay.status().leading);
    for (let turn = 0; turn < 50; turn++) await clock.advance(0);
    stopping.abort(new Error('stop'));
    await led;
    expect(relay.status()).toMatchObject({ leading: false, published: 0 });
  });

  it('writes its checkpoint now and then, behind what is acknowledged, and the last one when it stops', async () => {
    const relay = lead();
    const position = await happenings.happenEverywhere(keys(5), 20);
    await until(() => relay.status().position === position);
    expect(puts).toBe(1);
    expect(await checkpoints.get('sample')).toBe(0);
    await clock.advance(50);
    await until(async () => (await checkpoints.get('sample')) === position);
    expect(puts).toBe(2);
    const last = await happenings.happen('k0');
    await until(() => relay.status().position === last);
    stopping.abort(new Error('stop'));
    await led;
    expect(await checkpoints.get('sample')).toBe(last);
  });

  it('goes on behind the checkpoint', async () => {
    const position = await happenings.happen('a', 3);
    await checkpoints.put('sample', position, 1);
    lead();
    await happenings.happen('a');
    await until(() => bus.published.length === 1);
    expect(bus.published).toEqual(['sample-a:3']);
  });

  it('does not begin when somebody newer leads, and ends when somebody newer has written', async () => {
    await checkpoints.put('sample', 0, 5);
    const older = lead({}, 4);
    await led;
    expect(older.status()).toMatchObject({ leading: false, published: 0 });

    const relay = lead({}, 5);
    await happenings.happen('a');
    await until(() => relay.status().published === 1);
    await checkpoints.put('sample', 0, 6);
    await happenings.happen('a');
    await until(async () => {
      await clock.advance(50);
      return !relay.status().leading;
    });
    await led;
    expect(await checkpoints.get('sample')).toBe(0);
  });

  it('goes on where it was when the bus or the checkpoints were away', async () => {
    const outages = new Map([['the bus', 2], ['the checkpoint', 2]]);
    const failing = (what: string) => {
      const left = outages.get(what) ?? 0;
      outages.set(what, left - 1);
      if (left > 0) throw new StoreUnavailable(`${what} is away`);
    };
    const relay = lead({
      openPublisher: async () => {
        failing('the bus');
        return bus;
      },
      checkpoints: {
        get: async (name) => {
          failing('the checkpoint');
          return checkpoints.get(name);
        },
        put: (...given) => checkpoints.put(...given),
      },
    });
    await happenings.happen('a', 5);
    await until(async () => {
      await clock.advance(1_000);
      return bus.published.length === 5;
    });
    expect(bus.published).toEqual([0, 1, 2, 3, 4].map((sequence) => `sample-a:${sequence}`));
    expect(relay.status().fault).toBeUndefined();
    expect(bus.closed).toBe(2);
  });

  it('sends what cannot be translated, or is too large, without its data', async () => {
    const whole = bus.prepare.bind(bus);
    bus.prepare = (event) => ('data' in event && event.data['key'] === 'large' ? undefined : whole(event));
    lead();
    await happenings.happen('a', 1, 'Garbled');
    await happenings.happen('a', 1, 'NeverHeardOf');
    await happenings.happen('large');
    await happenings.happen('a');
    await until(() => bus.published.length === 3);
    expect(bus.batches.flat().map((event) => ('leftOut' in event ? event.leftOut : event.data['number']))).toEqual([
      'TypeError: this event cannot be read', 'too large for the bus', 2,
    ]);
  });

  it('knows its context', () => {
    stopping = new AbortController();
    led = Promise.resolve();
    expect(() => lead({ context: 'nobody' })).toThrow(TypeError);
  });
});
