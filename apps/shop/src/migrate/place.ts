import type { ConsumerRecords, RelayCheckpoints } from '@tillroll/event-bus';
import type { KeptConsumer } from '@tillroll/event-bus/embedded/kept-consumers';
import type { AdoptsUses } from '@tillroll/http';
import type { SecretStore } from '@tillroll/secrets';

/** Where a shop keeps what is neither an event nor follows from events. */
export interface Place {
  /** For people; without credentials. */
  readonly name: string;
  readonly secrets: SecretStore;
  readonly uses: AdoptsUses;
  readonly records: ConsumerRecords;
  readonly checkpoints: RelayCheckpoints;
  /** Only where the bus is the log: its consumers keep positions of their own. */
  readonly placeConsumer?: (consumer: KeptConsumer) => Promise<unknown>;
}
