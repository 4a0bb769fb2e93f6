import { createTranslator } from '@tillroll/event-bus';
import { EmbeddedEngine, type EventStore, openEmbeddedEventStore } from '@tillroll/event-store';
import { temporaryDirectory } from '@tillroll/event-store/testing/temporary-directory';
import { stockType } from '@tillroll/inventory/aggregate-types';
import { uuid5 } from '@tillroll/kernel';
import { AggregateRuntime, eventLogOf, ProjectionRunner } from '@tillroll/processing';
import { type Document, openEmbeddedReadModels, openReadModelsBeside } from '@tillroll/read-models';
import { VirtualClock } from '@tillroll/testing';
import { projections, publications } from '../../contexts';
import { type AuditReport, auditStore } from '../audit-store';
import type { Violation } from '../violation';
import { NOON, type Step } from './purchase-story';

/** The engines of a shop that nobody works in: what happens is written by hand. */
export class AuditedShop {
  readonly clock = new VirtualClock(NOON);
  private readonly directory = temporaryDirectory();
  private readonly engine = EmbeddedEngine.open({ directory: this.directory.path });
  private readonly readModels = openEmbeddedReadModels({ engine: this.engine });
  readonly store: EventStore = openEmbeddedEventStore({ engine: this.engine });
  private readonly translator = createTranslator(publications);
  private readonly projections = new ProjectionRunner({ log: eventLogOf(this.store, this.translator), store: this.readModels, clock: this.clock });
  private readonly revisions = new Map<string, number>();
  private written = 0;
  private isProjecting = false;

  /** Remembers one stream only: what is written by hand would be news to it. */
  readonly aggregates = new AggregateRuntime({ store: this.store, clock: this.clock, cachedStreams: 1 });

  /** From now on documents follow the events. */
  async project(): Promise<void> {
    this.projections.register(projections);
    await this.projections.start();
    this.isProjecting = true;
  }

  async stopProjecting(): Promise<void> {
    await this.projected();
    this.isProjecting = false;
    await this.projections.stop();
  }

  /** Appends what happens now. */
  async tell(steps: readonly Step[]): Promise<void> {
    for (const [streamId, { type, ...data }] of steps) {
      const before = this.revisions.get(streamId);
      const id = uuid5('story', ++this.written);
      const time = new Date(this.clock.now()).toISOString();
      const metadata = { time, commandId: id, correlationId: id, causationId: id, actor: 'system:story' };
      const { revision } = await this.store.append(streamId, before ?? 'no_stream', [{ id: uuid5(id, 0), type, data, metadata }]);
      this.revisions.set(streamId, revision);
    }
    await this.aggregates.load(stockType, 'nothing');
  }

  /** Default: judged so much later that nothing can be in motion, but no payment window has ended. */
  async audit(minutesLater = 20): Promise<AuditReport> {
    return this.auditAt(this.clock.now() + minutesLater * 60_000);
  }

  async auditAsOfLastEvent(): Promise<AuditReport> {
    return this.auditAt(undefined);
  }

  /** Changes fields of a document behind everybody's back, or takes it away. */
  async forge(projection: string, id: string, change: Document | undefined): Promise<void> {
    const { readModels } = this;
    const live = (await readModels.generations()).find((generation) => generation.projection === projection);
    if (live === undefined) throw new Error(`nothing is projected to ${projection}`);
    const stored = (await readModels.load(live.id, new Set([id]))).get(id);
    if (stored === undefined) throw new Error(`there is no document ${id}`);
    const document = change === undefined ? undefined : { ...stored.document, ...change };
    await readModels.write([{ generation: live.id, position: live.position, documents: [{ id, guards: stored.guards, document }] }]);
    await readModels.flush();
  }

  private async auditAt(now: number | undefined): Promise<AuditReport> {
    await this.projected();
    const { store, translator, engine } = this;
    return auditStore({ store, readModels: openReadModelsBeside(engine), translator, ...(now === undefined ? {} : { now }) });
  }

  private async projected(): Promise<void> {
    if (!this.isProjecting) return;
    await this.projections.caughtUp(await this.store.head(), 10_000);
    await this.readModels.flush();
  }

  async close(): Promise<void> {
    await this.projections.stop();
    await this.store.close();
    await this.engine.close();
    this.directory.remove();
  }
}

export const violationsIn = ({ invariants }: AuditReport): readonly Violation[] => invariants.flatMap(({ violations }) => violations);
