import type { EventBus, Translator } from '@tillroll/event-bus';
import type { Relay } from '@tillroll/event-bus/relay/relay';
import type { EventStore, RecordedEvent } from '@tillroll/event-store';
import type { HealthPart, IdempotencyRecords, ReadGate } from '@tillroll/http';
import type { Aggregates, EventLog, Leadership } from '@tillroll/processing';
import type { FollowedPositions, ProjectionStore, ReadModels } from '@tillroll/read-models';
import type { CachedPersonalData, SecretStore } from '@tillroll/secrets';

/** What stands behind every port in this process. */
export interface Engines {
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly secrets: SecretStore;
  readonly personalData: CachedPersonalData;
  readonly translator: Translator;
  readonly bus: EventBus;
  readonly readModels: ReadModels & ProjectionStore;
  /** What the projections are fed from. */
  readonly eventLog: EventLog;
  readonly idempotency: IdempotencyRecords;
  readonly leadership: Leadership;
  /** There can be no other process beside this one. */
  readonly isAlone: boolean;
  /** Set when other processes may read the documents that this one writes. */
  readonly followedPositions: FollowedPositions | undefined;
  /** See {@link ReadGate.head}. */
  readonly head: ReadGate['head'];
  /** One for each context of this process, where the bus is not the log itself; to be led. */
  readonly relays: readonly Relay[];
  /** Consumers that cannot take events at the moment, and why. */
  readonly busFaults: () => readonly { readonly consumer: string; readonly fault: string }[];
  /** Tells of all events as they are written anywhere. Undefined where nobody else writes. */
  readonly onEvents: ((listener: (events: readonly RecordedEvent[]) => void) => void) | undefined;
  /** The parts that are processes of their own, or files. */
  readonly health: readonly HealthPart[];
}
