import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEventStore } from '@tillroll/event-store/embedded/embedded-event-store';
import { EmbeddedEngine } from '@tillroll/event-store/embedded/engine';
import { systemClock } from '@tillroll/kernel';
import { eventBusContract } from '../testing/event-bus-contract';
import { openEmbeddedEventBus } from './embedded-event-bus';

eventBusContract('embedded', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillroll-bus-'));
  return {
    async open(settings) {
      const engine = EmbeddedEngine.open({ directory });
      const store = openEmbeddedEventStore({ engine });
      const bus = openEmbeddedEventBus({ engine, store, clock: systemClock, ...settings });
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
});
