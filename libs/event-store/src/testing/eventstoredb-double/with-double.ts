import { type EventStoreDbOptions, openEventStoreDb } from '../../eventstoredb/eventstoredb-event-store';
import type { EventStore } from '../../port';
import { temporaryDirectory } from '../temporary-directory';
import { type EventStoreDbDouble, startEventStoreDbDouble } from './double';

export interface WithDouble {
  double(): EventStoreDbDouble;
  /** A store of its own on the double, closed after the test. Gives up sooner than by default. */
  open(options?: Partial<EventStoreDbOptions>): EventStore;
  /** Stops the double and starts it again at the same address, on its data. */
  restart(): Promise<void>;
}

/** For a `describe`: a double for all its tests, whole again after each of them. */
export function withDouble(): WithDouble {
  const directory = temporaryDirectory();
  const opened: EventStore[] = [];
  let running: EventStoreDbDouble | undefined;
  const double = () => {
    if (running === undefined) throw new Error('the double does not run');
    return running;
  };
  beforeAll(async () => {
    running = await startEventStoreDbDouble({ directory: directory.path });
  });
  afterEach(async () => {
    double().faults.set({});
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });
  afterAll(async () => {
    await double().close();
    directory.remove();
  });
  return {
    double,
    open(options = {}) {
      const store = openEventStoreDb({ url: double().url, patienceMs: 10_000, silenceMs: 400, watchMs: 50, ...options });
      opened.push(store);
      return store;
    },
    async restart() {
      const { port } = double();
      await double().close();
      running = await startEventStoreDbDouble({ directory: directory.path, port });
    },
  };
}
