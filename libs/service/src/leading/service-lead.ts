import { once } from 'node:events';
import type { Log } from '@tillroll/http';
import type { Clock } from '@tillroll/kernel';
import { type Deadlines, DeadlinesRunner, type Lead, ProjectionRunner } from '@tillroll/processing';
import type { Projection } from '@tillroll/read-models';
import type { Engines } from '../engines/engines';
import type { ServiceReadGate } from '../following/service-read-gate';
import { ToldPositions } from '../following/told-positions';
import type { Audit, OpenAudit } from './audit';

export interface ServiceLeadOptions {
  readonly name: string;
  readonly engines: Engines;
  readonly readGate: ServiceReadGate;
  readonly clock: Clock;
  readonly log: Log;
  readonly projections: readonly Projection[];
  readonly deadlines: readonly Deadlines[];
  readonly openAudit: OpenAudit | undefined;
  /** What is to be there before customers come: done at the beginning of every term, once the documents have caught up. */
  readonly prepare: () => Promise<void>;
}

/** What the leader of a service has at work. */
interface Term {
  readonly projections: ProjectionRunner;
  readonly timers: DeadlinesRunner;
  readonly audit: Audit | undefined;
}

const LONGEST_CATCH_UP_MS = 24 * 3_600_000;

/**
 * What one process of a service does for all of them: documents, timers, the live audit. A term begins when this
 * process begins to lead, and ends with it or with the process.
 */
export class ServiceLead {
  private present: Term | undefined;
  private readonly documents = Promise.withResolvers<void>();
  private readonly serving = Promise.withResolvers<void>();
  private readonly prepared = Promise.withResolvers<void>();

  constructor(private readonly options: ServiceLeadOptions) {
    for (const { promise } of [this.documents, this.prepared]) promise.catch(() => undefined);
  }

  /** Resolves when this process leads and all documents have caught up. Rejects when that failed and nobody else can. */
  get documentsReady(): Promise<void> {
    return this.documents.promise;
  }

  /** Resolves when the first term of this process has everything at work. */
  get atWork(): Promise<void> {
    return this.prepared.promise;
  }

  /** Requests are answered from now on: timers may give commands, and the shop may be prepared. */
  serve(): void {
    this.serving.resolve();
  }

  get term(): Term | undefined {
    return this.present;
  }

  /** The first step of a stop: no timer is called any more. Documents are still written. */
  async stopTimers(): Promise<void> {
    await this.present?.timers.stop();
  }

  readonly lead: Lead = async (signal) => {
    const { engines, readGate, clock, log, name, openAudit } = this.options;
    const { readModels, store, aggregates, eventLog } = engines;
    await using ending = new AsyncDisposableStack();
    const aborted = signal.aborted ? Promise.resolve() : once(signal, 'abort').then(() => undefined);
    const told = engines.followedPositions === undefined ? undefined : new ToldPositions({ positions: engines.followedPositions, service: name, logger: log });
    ending.defer(() => told?.stop());
    const projections = new ProjectionRunner({ log: eventLog, store: readModels, clock, logger: log, ...(told === undefined ? {} : { progressed: told.reached }) });
    const timers = new DeadlinesRunner({ projections, readModels, clock, logger: log });
    const audit = openAudit?.({ store, aggregates, clock, log });
    this.present = { projections, timers, audit };
    ending.defer(() => {
      this.present = undefined;
      if (!engines.isAlone) this.prepared.resolve();
    });
    try {
      timers.register(this.options.deadlines);
      projections.register(this.options.projections);
      ending.defer(() => projections.stop());
      ending.defer(() => readGate.writtenElsewhere());
      await projections.start();
      readGate.writtenHere(projections);
      await Promise.race([aborted, projections.caughtUp(await store.head(), LONGEST_CATCH_UP_MS)]);
      this.documents.resolve();
      await Promise.race([aborted, this.serving.promise]);
      if (signal.aborted) return;
      ending.defer(() => audit?.stop());
      ending.defer(() => timers.stop());
      await timers.start();
      await this.options.prepare();
      await Promise.race([aborted, projections.caughtUp(await store.head(), LONGEST_CATCH_UP_MS)]);
      await audit?.start();
      this.prepared.resolve();
      await aborted;
    } catch (error) {
      if (signal.aborted) return;
      // With others beside, somebody else may do it, or this one at the next try.
      if (engines.isAlone) {
        this.documents.reject(error);
        this.prepared.reject(error);
      }
      throw error;
    }
  };
}
