import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { type Clock, type EpochMs, systemClock, uuid5 } from '@tillroll/kernel';
import { AggregateRuntime, type Aggregates, type Cause } from '@tillroll/processing';
import { createPersonalData, openEmbeddedSecretStore, type PersonalData, type SecretStore } from '@tillroll/secrets';
import { deliveryType } from '../notices-types';
import type { Delivery } from '../write/delivery';

/** A store on disk, and as many processes on it as are wanted. Time stands still until it is set; waiting takes real time. */
export class NoticesPlace {
  now: EpochMs = Date.parse('2030-01-01T12:00:00.000Z');
  readonly clock: Clock = {
    now: () => this.now,
    wakeAt: (at, callback) => systemClock.wakeAt(Date.now() + at - this.now, callback),
  };
  readonly store: EventStore;
  readonly secrets: SecretStore;
  readonly personalData: PersonalData;
  private readonly directory = temporaryDirectory();
  private readonly engine: EmbeddedEngine;
  private commands = 0;

  constructor() {
    this.engine = EmbeddedEngine.open({ directory: this.directory.path });
    this.store = openEmbeddedEventStore({ engine: this.engine });
    this.secrets = openEmbeddedSecretStore(this.engine);
    this.personalData = createPersonalData(this.secrets);
  }

  /** With nothing in memory yet. */
  startProcess(): Aggregates {
    return new AggregateRuntime({ store: this.store, clock: this.clock });
  }

  cause(): Cause {
    const commandId = uuid5('test command', this.commands++);
    return { commandId, correlationId: commandId, causationId: commandId, actor: 'admin:test' };
  }

  /** Resolves once the delivery is as wanted. */
  async deliveryOnce(aggregates: Aggregates, deliveryId: string, isWanted: (delivery: Delivery) => boolean): Promise<Delivery> {
    const loaded = await aggregates.until(deliveryType, deliveryId, isWanted, 20_000);
    if (loaded === undefined) throw new Error(`delivery ${deliveryId}: ${JSON.stringify((await aggregates.load(deliveryType, deliveryId)).state)}`);
    return loaded.state;
  }

  /** The types of a stream's events. */
  async eventsOf(streamId: string): Promise<readonly string[]> {
    const types: string[] = [];
    for await (const page of this.store.readStream(streamId)) types.push(...page.map(({ type }) => type));
    return types;
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.engine.close();
    this.directory.remove();
  }
}
