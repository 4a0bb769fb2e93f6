import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTranslator, type Publications } from '@tillroll/event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { EmbeddedReadModels, openEmbeddedReadModels, type Projection } from '@tillroll/read-models';
import { VirtualClock } from '@tillroll/testing';
import { eventLogOf } from '../projections/event-log';
import { ProjectionRunner } from '../projections/projection-runner';
import { tallyPublications, TallyStreams } from './tally';

/** The projections of one test over the embedded engine, through all restarts. */
export class ProjectionsUnderTest {
  readonly clock = new VirtualClock();
  readonly streams = new TallyStreams(() => this.events);
  private readonly directory = mkdtempSync(join(tmpdir(), 'projections-'));
  private opened: { engine: EmbeddedEngine; events: EventStore; models: EmbeddedReadModels; runner: ProjectionRunner } | undefined;

  constructor(private readonly publications: readonly Publications[] = [tallyPublications]) {}

  get events(): EventStore {
    return this.present.events;
  }

  get models(): EmbeddedReadModels {
    return this.present.models;
  }

  get runner(): ProjectionRunner {
    return this.present.runner;
  }

  /** Opened, and fed once `runner.start()` is called. */
  open(projections: readonly Projection[], cachedCharacters?: number): void {
    const engine = EmbeddedEngine.open({ directory: this.directory });
    const events = openEmbeddedEventStore({ engine });
    const models = openEmbeddedReadModels({ engine, ...(cachedCharacters === undefined ? {} : { cachedCharacters }) });
    const runner = new ProjectionRunner({ log: eventLogOf(events, createTranslator(this.publications)), store: models, clock: this.clock });
    runner.register(projections);
    this.opened = { engine, events, models, runner };
  }

  async start(...projections: readonly Projection[]): Promise<void> {
    this.open(projections);
    await this.runner.start();
  }

  async stop(): Promise<void> {
    if (this.opened === undefined) return;
    await this.runner.stop();
    await this.crash();
  }

  /** Ends without {@link ProjectionRunner.stop}: what was not written is lost. */
  async crash(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.engine.close();
    await opened?.runner.stop();
    await opened?.events.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Waits until the projections (or the named one) have seen all that was appended. */
  async caughtUp(projection?: string): Promise<boolean> {
    return await this.runner.caughtUp(await this.events.head(), 60_000, projection);
  }

  private get present() {
    if (this.opened === undefined) throw new Error('not open');
    return this.opened;
  }
}
