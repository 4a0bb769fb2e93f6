import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTranslator, type Publications } from '@tillroll/event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { type EmbeddedReadModels, openEmbeddedReadModels, type Projection, type ProjectionStore } from '@tillroll/read-models';
import { VirtualClock } from '@tillroll/testing';
import { type EventLog, eventLogOf } from '../projections/event-log';
import { ProjectionRunner } from '../projections/projection-runner';
import { tallyPublications, TallyStreams } from './tally';

export interface OpenOptions {
  readonly cachedCharacters?: number;
  /** What the runner sees in place of the store. */
  readonly through?: (store: ProjectionStore) => ProjectionStore;
  /** Called when what fills a projection has read to the end of the log. */
  readonly endOfLog?: () => Promise<void>;
}

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
  open(projections: readonly Projection[], { cachedCharacters, through = (store) => store, endOfLog = async () => undefined }: OpenOptions = {}): void {
    const engine = EmbeddedEngine.open({ directory: this.directory });
    const events = openEmbeddedEventStore({ engine });
    const models = openEmbeddedReadModels({ engine, ...(cachedCharacters === undefined ? {} : { cachedCharacters }) });
    const stored = eventLogOf(events, createTranslator(this.publications));
    const log: EventLog = {
      ...stored,
      async *read(after) {
        yield* stored.read(after);
        await endOfLog();
      },
    };
    const runner = new ProjectionRunner({ log, store: through(models), clock: this.clock, logger: this });
    runner.register(projections);
    this.opened = { engine, events, models, runner };
  }

  async start(...projections: readonly Projection[]): Promise<void> {
    this.open(projections);
    await this.runner.start();
  }

  readonly warnings: string[] = [];
  readonly errors: string[] = [];

  warn(details: object, message: string): void {
    this.warnings.push(`${message}: ${JSON.stringify(details)}`);
  }

  error(details: object, message: string): void {
    this.errors.push(`${message}: ${JSON.stringify(details)}`);
  }

  async stop(): Promise<void> {
    if (this.opened === undefined) return;
    const { runner, models, events, engine } = this.opened;
    this.opened = undefined;
    await runner.stop();
    await models.close();
    await events.close();
    await engine.close();
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
