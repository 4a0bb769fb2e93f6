import { type BusLogger, silentLogger } from '@tillroll/event-bus';
import type { Clock } from '@tillroll/kernel';
import type { DocumentWrite, Projection, ProjectionStore } from '@tillroll/read-models';
import type { EventLog } from './event-log';
import type { Fed, Feed } from './feed';
import { type ProjectionFailure, textOf } from './fold';
import { LiveFeed } from './live-feed';
import { type Projected, settleGenerations } from './projection-set';
import { type RebuildOptions, Rebuilds } from './rebuilds';
import type { Comparison } from './comparison';
import { WaitingReaders } from './waiting-readers';

export interface ProjectionRunnerOptions {
  readonly log: EventLog;
  readonly store: ProjectionStore;
  readonly clock: Clock;
  readonly logger?: BusLogger;
  /** Told how far {@link ProjectionRunner.caughtUp} has got, once queries see it: for readers in other processes. */
  readonly progressed?: (position: number) => void;
}

export interface GenerationStatus {
  /** Of the code that writes it. */
  readonly version: number;
  readonly position: number;
  /** Positions to the end of the log. */
  readonly lag: number;
  /** Set when it could not take an event and stands still until the code is mended and started again, or it is rebuilt. */
  readonly failed?: ProjectionFailure;
  /** Set when it is of another version of the code and is fed no more. */
  readonly frozen?: true;
}

/** The generation that queries see, and those beside it. */
export interface ProjectionStatus extends GenerationStatus {
  readonly name: string;
  readonly candidate?: GenerationStatus & { readonly caughtUp: boolean };
  readonly previous?: GenerationStatus;
}

/** Told of what changes in the live documents of a projection, once queries see it. */
export interface DocumentObserver {
  changed(documents: readonly DocumentWrite[]): void;
  /** Another generation is live now: anything may be different. */
  replaced(): void;
}

/** Nearly at one place of the log: caught up together. */
const TOGETHER = 10_000;

const REACHED = Promise.resolve(true);
const NOT_REACHED = Promise.resolve(false);

/**
 * Keeps the documents of projections up to date with the log, and rebuilds them. One subscription feeds all of them.
 * A projection that throws stands still, is visible in {@link status}, and holds up no other.
 */
export class ProjectionRunner {
  private readonly registered: Projection[] = [];
  private readonly projected = new Map<string, Projected>();
  private readonly observers = new Map<string, Set<DocumentObserver>>();
  private readonly readers: WaitingReaders;
  private readonly live: LiveFeed;
  private readonly rebuilds: Rebuilds;
  private readonly logger: BusLogger;
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  /** All events up to here are in the documents of all live generations, and of those that do not stand still. */
  private allUpTo = -1;
  private movingUpTo = -1;

  constructor(private readonly options: ProjectionRunnerOptions) {
    const { log, store, clock, logger = silentLogger } = options;
    this.logger = logger;
    this.readers = new WaitingReaders(clock);
    this.live = new LiveFeed({ log, store, clock, logger, fed: (fed) => this.fed(fed) });
    this.rebuilds = new Rebuilds({ log, store, clock, live: this.live, stopping: this.stopping.signal, switched: (projected) => this.switched(projected) });
  }

  /** Before {@link start}. */
  register(projections: readonly Projection[]): void {
    if (this.projected.size > 0) throw new Error('projections are registered before the start');
    for (const projection of projections) {
      if (this.registered.some(({ name }) => name === projection.name)) throw new TypeError(`two projections are called ${projection.name}`);
      this.registered.push(projection);
    }
  }

  /** Resolves when all projections serve queries; that they have caught up is told by {@link caughtUp}. */
  async start(): Promise<void> {
    const { log, store } = this.options;
    const head = await log.head();
    for (const projection of this.registered) this.projected.set(projection.name, await settleGenerations(store, projection, head));
    const feeds = [...this.projected.values()].flatMap(({ live, previous }) => [live, previous]).filter((feed) => feed !== undefined && !feed.frozen);
    const known = feeds.filter((feed): feed is Feed => feed !== undefined).sort((a, b) => a.position - b.position);
    this.live.add(known.filter(({ position }) => position >= head));
    this.inBackground(this.live.run(head, this.stopping.signal));
    for (const group of nearOneAnother(known.filter(({ position }) => position < head))) this.inBackground(this.catchUp(group));
    for (const projected of this.projected.values()) if (projected.candidate !== undefined) this.inBackground(this.rebuilds.resume(projected));
    this.progressed();
  }

  /** Stops feeding and keeps the positions. A rebuild that was under way goes on at the next start. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the projections were stopped'));
    await Promise.allSettled(this.running);
    this.readers.endAll();
    const unkept = [...this.projected.values()]
      .flatMap(({ live, candidate, previous }) => [live, candidate, previous])
      .filter((feed) => feed !== undefined && feed.position > feed.kept);
    const { store } = this.options;
    try {
      await store.write(unkept.flatMap((feed) => (feed === undefined ? [] : [{ generation: feed.generation, position: feed.position, documents: [] }])));
      await store.flush();
    } catch (error) {
      this.logger.warn({ error: textOf(error) }, 'cannot keep the positions of the projections');
    }
  }

  /**
   * Resolves true when queries see all events up to the position: at once when they do, else woken by it; false after
   * the time. Without a name it waits for all projections save those that stand still: that have failed, or are of
   * another version of the code and about to be replaced. See {@link caughtUpWithoutException}.
   */
  caughtUp(position: number, timeoutMs: number, projection?: string): Promise<boolean> {
    if (projection === undefined) {
      if (position <= this.movingUpTo) return REACHED;
      return timeoutMs <= 0 ? NOT_REACHED : this.wait(() => position <= this.movingUpTo, timeoutMs);
    }
    const projected = this.projectedAs(projection);
    const isReached = () => position <= projected.live.position;
    if (isReached()) return REACHED;
    return timeoutMs <= 0 || projected.live.failure !== undefined ? NOT_REACHED : this.wait(isReached, timeoutMs);
  }

  /** Like {@link caughtUp} for all projections, and false while one of them stands still before the position. */
  caughtUpWithoutException(position: number, timeoutMs: number): Promise<boolean> {
    if (position <= this.allUpTo) return REACHED;
    return timeoutMs <= 0 ? NOT_REACHED : this.wait(() => position <= this.allUpTo, timeoutMs);
  }

  /** The position of the last event in the log. */
  head(): Promise<number> {
    return this.options.log.head();
  }

  private wait(isReached: () => boolean, timeoutMs: number): Promise<boolean> {
    this.live.hurry();
    return this.readers.wait(isReached, timeoutMs);
  }

  async status(): Promise<readonly ProjectionStatus[]> {
    const head = await this.options.log.head();
    const statusOf = ({ version, position, failure, frozen }: Feed): GenerationStatus => ({
      version,
      position,
      lag: Math.max(0, head - position),
      ...(failure === undefined ? {} : { failed: failure }),
      ...(frozen ? { frozen } : {}),
    });
    return [...this.projected.values()].map(({ projection, live, candidate, previous }) => ({
      name: projection.name,
      ...statusOf(live),
      ...(candidate === undefined ? {} : { candidate: { ...statusOf(candidate), caughtUp: this.live.feeds(candidate) } }),
      ...(previous === undefined ? {} : { previous: statusOf(previous) }),
    }));
  }

  /** The returned function ends the observation. */
  observe(projection: string, observer: DocumentObserver): () => void {
    const observers = this.observers.get(projection) ?? new Set();
    this.observers.set(projection, observers.add(observer));
    return () => observers.delete(observer);
  }

  /**
   * Fills a candidate beside the live generation, from the first event on or from where an interrupted rebuild was, and
   * resolves when it has caught up; from then on it is fed like the live one. Rejects with {@link ProjectionFailed}
   * when the projection throws, and with the signal's reason when it aborts: the candidate is then gone.
   */
  rebuild(projection: string, options: RebuildOptions = {}): Promise<void> {
    return this.rebuilds.rebuild(this.projectedAs(projection), options);
  }

  /** Compares the documents of a candidate that has caught up with the live ones, at one place of the log. */
  compare(projection: string): Promise<Comparison> {
    return this.rebuilds.compare(this.projectedAs(projection));
  }

  /** Queries see the candidate from now on. What was live is kept and fed as `previous`; an older `previous` is dropped. */
  switchOver(projection: string): Promise<void> {
    return this.rebuilds.switchOver(this.projectedAs(projection));
  }

  /** Queries see what was live before, as up to date as it would be now; what is live becomes `previous`. */
  switchBack(projection: string): Promise<void> {
    return this.rebuilds.switchBack(this.projectedAs(projection));
  }

  /** Drops the candidate, also one that is still being filled. */
  abandon(projection: string): Promise<void> {
    return this.rebuilds.abandon(this.projectedAs(projection));
  }

  /** Drops what was live before the last switch. */
  dropPrevious(projection: string): Promise<void> {
    return this.rebuilds.dropPrevious(this.projectedAs(projection));
  }

  private async catchUp(feeds: readonly Feed[]): Promise<void> {
    await this.live.catchUp(feeds, this.stopping.signal);
    await this.live.join(feeds, this.stopping.signal);
  }

  private fed(fed: readonly Fed[]): void {
    for (const { feed, documents, failed } of fed) {
      const { name } = feed.projection;
      if (failed) this.logger.error({ projection: name, generation: feed.generation, ...feed.failure }, 'a projection failed and stands still');
      if (documents.length === 0 || this.projected.get(name)?.live !== feed) continue;
      for (const observer of this.observers.get(name) ?? []) observer.changed(documents);
    }
    this.progressed();
  }

  private switched({ projection }: Projected): void {
    for (const observer of this.observers.get(projection.name) ?? []) observer.replaced();
    this.progressed();
  }

  private progressed(): void {
    let [moving, all] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const { live: { position, failure, frozen } } of this.projected.values()) {
      all = Math.min(all, position);
      if (failure === undefined && !frozen) moving = Math.min(moving, position);
    }
    [this.movingUpTo, this.allUpTo] = [moving, all];
    this.readers.wake();
    this.options.progressed?.(moving);
  }

  private projectedAs(name: string): Projected {
    const projected = this.projected.get(name);
    if (projected === undefined) throw new TypeError(`no projection is called ${name}`);
    return projected;
  }

  private inBackground(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => {
        if (!this.stopping.signal.aborted) this.logger.error({ error: textOf(error) }, 'a projection cannot go on');
      })
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }
}

/** By position, cut where the next one is far ahead. */
function nearOneAnother(feeds: readonly Feed[]): readonly (readonly Feed[])[] {
  const groups: Feed[][] = [];
  let first = Number.NEGATIVE_INFINITY;
  for (const feed of feeds) {
    if (feed.position - first <= TOGETHER) groups.at(-1)?.push(feed);
    else {
      groups.push([feed]);
      first = feed.position;
    }
  }
  return groups;
}
