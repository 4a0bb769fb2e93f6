import type { DiscardedEvent, ParkedRow } from '@tillroll/event-bus';
import { embeddedConsumerRecords } from '@tillroll/event-bus/embedded/embedded-consumer-records';
import { keptConsumers } from '@tillroll/event-bus/embedded/kept-consumers';
import { EmbeddedEngine, type EmptiedStream, emptiedStreams, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { embeddedKeptUses, type KeptUse } from '@tillroll/http';
import type { EpochMs } from '@tillroll/kernel';
import { type KeptSecret, keptSecrets } from '@tillroll/secrets';

export interface MovedConsumer {
  readonly name: string;
  /** In the source's log. */
  readonly position: number;
  readonly parked: readonly ParkedRow[];
  readonly discarded: readonly DiscardedEvent[];
}

/** An embedded shop that is not running: everything that it keeps and that does not follow from its events. */
export interface MoveSource {
  readonly directory: string;
  readonly store: EventStore;
  readonly emptied: readonly EmptiedStream[];
  readonly consumers: readonly MovedConsumer[];
  secrets(): Iterable<KeptSecret>;
  uses(since: EpochMs): Iterable<readonly KeptUse[]>;
  close(): Promise<void>;
}

/**
 * Takes the lock of the directory and changes nothing in it. `known`: the consumers of this version. Rejects with
 * `DirectoryInUse`, with `StoreUnavailable` where there is no shop, with `StoreCorrupted` for a damaged file.
 */
export async function openSource(directory: string, known: Iterable<string>): Promise<MoveSource> {
  const engine = EmbeddedEngine.open({ directory, readOnly: true, alone: true });
  try {
    engine.verify();
    const records = embeddedConsumerRecords(engine);
    const positions = new Map(keptConsumers(engine).map(({ name, position }) => [name, position]));
    const consumers: MovedConsumer[] = [];
    for (const name of new Set([...known, ...positions.keys()]))
      consumers.push({ name, position: positions.get(name) ?? 0, parked: await records.parked(name), discarded: await records.discarded(name) });
    return {
      directory,
      consumers,
      store: openEmbeddedEventStore({ engine }),
      emptied: emptiedStreams(engine),
      secrets: () => keptSecrets(engine),
      uses: (since) => embeddedKeptUses(engine, since),
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
