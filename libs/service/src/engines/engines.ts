import type { EventBus, Translator } from '@tillroll/event-bus';
import type { EventStore } from '@tillroll/event-store';
import type { HealthPart, IdempotencyRecords, ReadGate } from '@tillroll/http';
import type { Aggregates, EventLog, Lead, Leadership } from '@tillroll/processing';
import type { ProjectionStore, ReadModels } from '@tillroll/read-models';
import type { PersonalData, SecretStore } from '@tillroll/secrets';
import type { RecordedEvent } from '@tillroll/event-store';
import type { FollowedPositions } from '../following/followed-positions';

/** What stands behind every port in this process. */
export interface Engines {
  readonly store: EventStore;
  readonly aggregates: Aggregates;
  readonly secrets: SecretStore;
  readonly personalData: PersonalData;
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
  /** Beside the documents: what one process does for all, by the name under which it is led. */
  readonly ledBeside: ReadonlyMap<string, Lead>;
  /** Tells of all events as they are written anywhere. Undefined where nobody else writes. */
  readonly onEvents: ((listener: (events: readonly RecordedEvent[]) => void) => void) | undefined;
  /** The parts that are processes of their own, or files. */
  readonly health: readonly HealthPart[];
}
