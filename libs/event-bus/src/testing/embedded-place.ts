import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '@tillroll/event-store';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import { type Clock, systemClock } from '@tillroll/kernel';
import type { BusEngine } from '../embedded/bus-tables';
import { openEmbeddedEventBus } from '../embedded/embedded-event-bus';
import type { BusLogger } from '../logger';
import type { BusPlace } from './bus-place';

export interface EmbeddedPlaceOptions {
  readonly clock?: Clock;
  readonly logger?: BusLogger;
  readonly random?: () => number;
  /** What the bus, and only the bus, writes with. */
  readonly engineOfTheBus?: (engine: BusEngine) => BusEngine;
  /** What the bus, and only the bus, reads from. */
  readonly storeOfTheBus?: (store: EventStore) => EventStore;
}

/** A data directory of its own with the embedded store and bus. */
export async function embeddedPlace(options: EmbeddedPlaceOptions = {}): Promise<BusPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'tillroll-bus-'));
  const { clock = systemClock, engineOfTheBus = (engine) => engine, storeOfTheBus = (store) => store, ...others } = options;
  return {
    async open(settings) {
      const engine = EmbeddedEngine.open({ directory });
      const store = openEmbeddedEventStore({ engine });
      const bus = openEmbeddedEventBus({ engine: engineOfTheBus(engine), store: storeOfTheBus(store), clock, ...others, ...settings });
      return {
        store,
        bus,
        async crash() {
          await engine.close();
          void bus.stop();
        },
        async close() {
          await bus.stop();
          await store.close();
          await engine.close();
        },
      };
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
