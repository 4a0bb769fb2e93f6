import { openBusTables } from '@tillroll/event-bus/embedded/bus-tables';
import { embeddedConsumerRecords } from '@tillroll/event-bus/embedded/embedded-consumer-records';
import { embeddedRelayCheckpoints } from '@tillroll/event-bus/embedded/embedded-relay-checkpoints';
import { placeConsumer } from '@tillroll/event-bus/embedded/kept-consumers';
import type { EmbeddedEngine } from '@tillroll/event-store';
import { embeddedAdoptsUses } from '@tillroll/http';
import { openEmbeddedSecretStore } from '@tillroll/secrets';
import type { Place } from './place';

/** The data directory of an embedded engine. */
export function embeddedPlace(engine: EmbeddedEngine): Place {
  openBusTables(engine);
  return {
    name: engine.directory,
    secrets: openEmbeddedSecretStore(engine),
    uses: embeddedAdoptsUses(engine),
    records: embeddedConsumerRecords(engine),
    checkpoints: embeddedRelayCheckpoints(engine),
    placeConsumer: (consumer) => placeConsumer(engine, consumer),
  };
}
