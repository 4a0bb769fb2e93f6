import type { Clock } from '@tillroll/kernel';
import type { ProjectionStore } from '@tillroll/read-models';
import { type ComparedGeneration, type Comparison, differingDocuments, stillDiffering } from './comparison';
import type { EventLog } from './event-log';
import { type Feed, feedOf } from './feed';
import type { ProjectionFailure } from './fold';
import type { LiveFeed } from './live-feed';
import type { Projected } from './projection-set';

export interface RebuildProgress {
  readonly position: number;
  readonly head: number;
  readonly eventsPerSecond: number;
  /** Left out while it cannot be told. */
  readonly secondsLeft?: number;
}

export interface RebuildOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

/** The projection could not take an event. */
export class ProjectionFailed extends Error {
  override readonly name = 'ProjectionFailed';

  constructor(projection: string, readonly failure: ProjectionFailure) {
    super(`${projection} cannot take ${failure.eventType} at position ${failure.position}: ${failure.error}`);
  }
}

export interface RebuildsOptions {
  readonly log: EventLog;
  readonly store: ProjectionStore;
  readonly clock: Clock;
  readonly live: LiveFeed;
  readonly stopping: AbortSignal;
  readonly switched: (projected: Projected) => void;
}

interface Filling {
  readonly done: Promise<void>;
  readonly listeners: Set<(progress: RebuildProgress) => void>;
  readonly abort: (reason: unknown) => void;
}

const NAMED_DIFFERENCES = 100;
const COMPARED_AT_ONCE = 500;

/** Everything that is done to the generations of projections, one thing at a time for each of them. */
export class Rebuilds {
  private readonly filling = new Map<Projected, Filling>();
  private readonly changing = new Set<Projected>();

  constructor(private readonly options: RebuildsOptions) {}

  async rebuild(projected: Projected, { signal, onProgress }: RebuildOptions): Promise<void> {
    signal?.throwIfAborted();
    const filling = this.filling.get(projected) ?? (await this.alone(projected, () => this.begin(projected)));
    if (filling === undefined) return;
    const aborted = () => filling.abort(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted === true) aborted();
    if (onProgress !== undefined) filling.listeners.add(onProgress);
    try {
      await filling.done;
    } finally {
      signal?.removeEventListener('abort', aborted);
      if (onProgress !== undefined) filling.listeners.delete(onProgress);
    }
  }

  /** Goes on with a candidate that was found at the start. Resolves when it has caught up, and is live when it is an upgrade. */
  async resume(projected: Projected): Promise<void> {
    const { candidate } = projected;
    if (candidate !== undefined) await this.fill(projected, candidate).done;
  }

  async compare(projected: Projected): Promise<Comparison> {
    const { store, live: feed } = this.options;
    const candidate = this.readyCandidate(projected);
    const { live } = projected;
    let differences = 0;
    const differing: string[] = [];
    let suspects = new Set<string>();
    const settle = async () => {
      const found = await feed.alone(() => stillDiffering(store, live.generation, candidate.generation, suspects));
      suspects = new Set();
      differences += found.length;
      differing.push(...found.slice(0, NAMED_DIFFERENCES - differing.length));
    };
    for await (const id of differingDocuments(store, live.generation, candidate.generation)) {
      suspects.add(id);
      if (suspects.size === COMPARED_AT_ONCE) await settle();
    }
    await settle();
    const described = async ({ generation, version, position }: Feed): Promise<ComparedGeneration> => ({ generation, version, position, documents: await store.count(generation) });
    const [one, other] = await feed.alone(async () => [await described(live), await described(candidate)] as const);
    return { live: one, candidate: other, equal: differences === 0, differences, differing };
  }

  switchOver(projected: Projected): Promise<void> {
    return this.alone(projected, async () => {
      const { store, live, switched } = this.options;
      await live.alone(async () => {
        const candidate = this.readyCandidate(projected);
        const { previous } = projected;
        if (previous !== undefined) {
          live.remove(previous);
          projected.previous = undefined;
          await store.drop(previous.generation);
        }
        await store.promote(candidate.generation);
        projected.previous = projected.live;
        projected.live = candidate;
        projected.candidate = undefined;
        projected.upgrading = false;
      });
      switched(projected);
    });
  }

  switchBack(projected: Projected): Promise<void> {
    return this.alone(projected, async () => {
      const { store, live, switched } = this.options;
      await live.alone(async () => {
        const { previous, projection } = projected;
        if (previous === undefined) throw new Error(`${projection.name} has no previous generation`);
        if (previous.frozen) throw new Error(`the previous generation of ${projection.name} is of version ${previous.version} of the code: start that version to go back to it`);
        if (previous.failure !== undefined) throw new ProjectionFailed(projection.name, previous.failure);
        if (!live.feeds(previous)) throw new Error(`the previous generation of ${projection.name} has not caught up yet`);
        await store.promote(previous.generation);
        projected.previous = projected.live;
        projected.live = previous;
      });
      switched(projected);
    });
  }

  async abandon(projected: Projected): Promise<void> {
    const filling = this.filling.get(projected);
    filling?.abort(new Error(`the rebuild of ${projected.projection.name} was abandoned`));
    await filling?.done.catch(() => undefined);
    await this.alone(projected, () => this.dropCandidate(projected));
  }

  dropPrevious(projected: Projected): Promise<void> {
    return this.alone(projected, async () => {
      const { live, store } = this.options;
      await live.alone(async () => {
        const { previous } = projected;
        if (previous === undefined) return;
        live.remove(previous);
        projected.previous = undefined;
        await store.drop(previous.generation);
      });
    });
  }

  /** Undefined when there is a candidate that has caught up. */
  private async begin(projected: Projected): Promise<Filling | undefined> {
    const { live, store } = this.options;
    if (projected.candidate !== undefined && live.feeds(projected.candidate)) return undefined;
    await this.dropCandidate(projected);
    const { name, version, indexes } = projected.projection;
    const candidate = feedOf(projected.projection, await store.create({ projection: name, version, indexes, state: 'candidate' }));
    projected.candidate = candidate;
    return this.fill(projected, candidate);
  }

  private fill(projected: Projected, candidate: Feed): Filling {
    const aborting = new AbortController();
    const listeners: Filling['listeners'] = new Set();
    const done = this.fillNow(projected, candidate, aborting.signal, (progress) => listeners.forEach((listener) => listener(progress))).finally(() => {
      if (this.filling.get(projected) === filling) this.filling.delete(projected);
    });
    const filling: Filling = { done, listeners, abort: (reason) => aborting.abort(reason) };
    done.catch(() => undefined);
    this.filling.set(projected, filling);
    return filling;
  }

  private async fillNow(projected: Projected, candidate: Feed, aborted: AbortSignal, report: (progress: RebuildProgress) => void): Promise<void> {
    const { live, store, stopping } = this.options;
    const signal = AbortSignal.any([aborted, stopping]);
    const { name } = projected.projection;
    const refuseFailed = () => {
      if (candidate.failure !== undefined) throw new ProjectionFailed(name, candidate.failure);
    };
    try {
      await live.catchUp([candidate], signal, await this.meter(candidate, report));
      refuseFailed();
      await store.buildIndexes(candidate.generation);
      await live.catchUp([candidate], signal);
      await live.join([candidate], signal);
      refuseFailed();
    } catch (error) {
      if (aborted.aborted && projected.candidate === candidate) await this.dropCandidate(projected);
      throw error;
    }
    if (projected.upgrading && projected.candidate === candidate) await this.switchOver(projected);
  }

  private async meter(candidate: Feed, report: (progress: RebuildProgress) => void): Promise<(events: number) => void> {
    const { clock, log } = this.options;
    const [began, from] = [clock.now(), candidate.position];
    let head = await log.head();
    let events = 0;
    return (more) => {
      events += more;
      head = Math.max(head, candidate.position);
      const seconds = (clock.now() - began) / 1000;
      const covered = candidate.position - from;
      const left = seconds > 0 && covered > 0 ? { secondsLeft: ((head - candidate.position) * seconds) / covered } : {};
      report({ position: candidate.position, head, eventsPerSecond: seconds > 0 ? events / seconds : 0, ...left });
      void log.head().then((now) => (head = now), () => undefined);
    };
  }

  private async dropCandidate(projected: Projected): Promise<void> {
    const { live, store } = this.options;
    await live.alone(async () => {
      const { candidate } = projected;
      if (candidate === undefined) return;
      live.remove(candidate);
      projected.candidate = undefined;
      await store.drop(candidate.generation);
    });
  }

  private readyCandidate({ projection, candidate }: Projected): Feed {
    if (candidate === undefined) throw new Error(`${projection.name} has no candidate: rebuild it first`);
    if (candidate.failure !== undefined) throw new ProjectionFailed(projection.name, candidate.failure);
    if (!this.options.live.feeds(candidate)) throw new Error(`the candidate of ${projection.name} has not caught up yet`);
    return candidate;
  }

  private async alone<T>(projected: Projected, work: () => Promise<T>): Promise<T> {
    if (this.changing.has(projected)) throw new Error(`the generations of ${projected.projection.name} are being changed already`);
    this.changing.add(projected);
    try {
      return await work();
    } finally {
      this.changing.delete(projected);
    }
  }
}
