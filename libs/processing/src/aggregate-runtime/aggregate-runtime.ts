import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type RecordedEvent,
  type SnapshotCache,
  StoreUnavailable,
  WrongExpectedRevision,
} from '@tillroll/event-store';
import { type Clock, DomainError, sleep, toTimestamp, uuid5 } from '@tillroll/kernel';
import { LRUCache } from 'lru-cache';
import { type AggregateType, type Aggregates, type DomainEvent, type Loaded, type Outcome, RevisionMismatch } from '../aggregates';
import { CommandMemory, type Remembered } from './command-memory';
import { NOT_CREATED, type Pending, StreamEntry, toDomainEvent } from './stream-entry';

export interface AggregateRuntimeOptions {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly snapshots?: SnapshotCache;
  /** How many idle streams keep their state in memory. */
  readonly cachedStreams?: number;
  /**
   * Other processes append to the same streams: what is in memory may be old. An append finds that out by itself; a
   * refusal, a decision that nothing is to happen, and a loaded state are then only given after a look at the store.
   * Tell {@link AggregateRuntime.observe} what the others write. Default: false.
   */
  readonly shared?: boolean;
}

/** EventStoreDB takes 1 MiB an append; ours are a few hundred bytes an event. */
const LARGEST_GROUP = 500;
const CONFLICT_ATTEMPTS = 10;
const UNKNOWN_OUTCOME_ATTEMPTS = 3;
const SNAPSHOT_EVERY = 500;
/** A snapshot of a large state is worth writing only after so many more events for each of its bytes. */
const EVENTS_PER_SNAPSHOT_BYTE = 1 / 50;

type AnyEntry = StreamEntry<unknown, unknown, DomainEvent>;

interface Decided {
  readonly settle: () => void;
}

/** Takes its turn among the commands, and only wants to know the state. */
const LOOK = Symbol('look');
const NO_CAUSE: Parameters<Aggregates['execute']>[3] = { commandId: '', correlationId: '', causationId: '', actor: '' };

/**
 * One queue per stream: commands are decided one after another against the cached state; those that wait together
 * are appended together. The cache is a hint, the expected revision is the truth.
 */
export class AggregateRuntime implements Aggregates {
  private readonly idle: LRUCache<string, AnyEntry>;
  private readonly busy = new Map<string, AnyEntry>();
  private readonly watchers = new Map<string, Set<() => void>>();
  private readonly store: EventStore;
  private readonly clock: Clock;
  private readonly snapshots: SnapshotCache | undefined;
  private readonly shared: boolean;

  constructor(options: AggregateRuntimeOptions) {
    this.store = options.store;
    this.clock = options.clock;
    this.snapshots = options.snapshots;
    this.shared = options.shared === true;
    this.idle = new LRUCache({ max: options.cachedStreams ?? 10_000 });
  }

  execute<State, Command, Event extends DomainEvent>(
    type: AggregateType<State, Command, Event>,
    id: string,
    command: Command,
    cause: Parameters<Aggregates['execute']>[3],
    options?: { readonly expectedRevision?: number },
  ): Promise<Outcome<State, Event>> {
    const entry = this.entryOf(type, id);
    return new Promise((resolve, reject) => {
      entry.waiting.push({ command, cause, expectedRevision: options?.expectedRevision, resolve, reject });
      if (!entry.running) void this.run(entry);
    });
  }

  async load<State, Command, Event extends DomainEvent>(type: AggregateType<State, Command, Event>, id: string): Promise<Loaded<State>> {
    const entry = this.entryOf(type, id);
    if (this.shared) return this.look(entry);
    if (!entry.loaded) await this.ensureLoaded(entry);
    return { state: entry.state, revision: entry.revision };
  }

  /** Tells of events in the store, whoever wrote them: wakes those who wait {@link until} their streams change. */
  observe(events: readonly RecordedEvent[]): void {
    if (this.watchers.size === 0) return;
    for (const { streamId, revision } of events) {
      const watchers = this.watchers.get(streamId);
      const known = watchers === undefined ? undefined : (this.busy.get(streamId) ?? this.idle.peek(streamId));
      if (watchers !== undefined && (known === undefined || known.revision < revision)) for (const wake of watchers) wake();
    }
  }

  async until<State, Command, Event extends DomainEvent>(
    type: AggregateType<State, Command, Event>,
    id: string,
    condition: (state: State) => boolean,
    timeoutMs: number,
  ): Promise<Loaded<State> | undefined> {
    const streamId = `${type.name}-${id}`;
    let changed = () => {};
    const onChange = () => changed();
    const watchers = this.watchers.get(streamId) ?? new Set();
    this.watchers.set(streamId, watchers.add(onChange));
    let timeIsUp = false;
    const cancel = this.clock.wakeAt(this.clock.now() + timeoutMs, () => {
      timeIsUp = true;
      changed();
    });
    try {
      for (;;) {
        const change = new Promise<void>((resolve) => (changed = resolve));
        const loaded = await this.load(type, id);
        if (condition(loaded.state)) return loaded;
        if (timeIsUp) return undefined;
        await change;
      }
    } finally {
      cancel();
      watchers.delete(onChange);
      if (watchers.size === 0 && this.watchers.get(streamId) === watchers) this.watchers.delete(streamId);
    }
  }

  private entryOf<State, Command, Event extends DomainEvent>(type: AggregateType<State, Command, Event>, id: string): StreamEntry<State, Command, Event> {
    const streamId = `${type.name}-${id}`;
    const known = this.busy.get(streamId) ?? this.idle.get(streamId);
    if (known !== undefined) return known as unknown as StreamEntry<State, Command, Event>;
    const entry = new StreamEntry(streamId, type);
    this.idle.set(streamId, entry as unknown as AnyEntry);
    return entry;
  }

  private look<State, Command, Event extends DomainEvent>(entry: StreamEntry<State, Command, Event>): Promise<Loaded<State>> {
    return new Promise((found, reject) => {
      const resolve = ({ state, revision }: Loaded<State>) => found({ state, revision });
      entry.waiting.push({ command: LOOK, cause: NO_CAUSE, expectedRevision: undefined, resolve, reject });
      if (!entry.running) void this.run(entry);
    });
  }

  private async run<State, Command, Event extends DomainEvent>(entry: StreamEntry<State, Command, Event>): Promise<void> {
    entry.running = true;
    this.busy.set(entry.streamId, entry as unknown as AnyEntry);
    try {
      while (entry.waiting.length > 0) await this.runGroup(entry, entry.waiting.splice(0, LARGEST_GROUP));
    } finally {
      entry.running = false;
      this.busy.delete(entry.streamId);
      this.idle.set(entry.streamId, entry as unknown as AnyEntry);
    }
  }

  /** Never rejects: every pending command is settled. */
  private async runGroup<State, Command, Event extends DomainEvent>(
    entry: StreamEntry<State, Command, Event>,
    group: readonly Pending<State, Command, Event>[],
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        let isCurrent = !this.shared;
        if (!entry.loaded) {
          await this.ensureLoaded(entry);
          isCurrent = true;
        }
        let settlements = await this.decideAndAppend(entry, group, isCurrent);
        if (settlements === undefined) {
          await this.ensureLoaded(entry);
          settlements = (await this.decideAndAppend(entry, group, true)) ?? [];
        }
        for (const { settle } of settlements) settle();
        return;
      } catch (error) {
        if (error instanceof WrongExpectedRevision && attempt < CONFLICT_ATTEMPTS) {
          if (error.actual === 'no_stream') entry.forget();
          entry.loaded = false;
          await sleep(this.clock, Math.random() * 2 ** attempt);
          continue;
        }
        entry.forget();
        const reason = error instanceof WrongExpectedRevision ? new DomainError('conflict', {}) : error;
        for (const pending of group) pending.reject(reason);
        return;
      }
    }
  }

  /** Undefined: nothing is to be appended, which would have shown that the state is current, and it may be old. */
  private async decideAndAppend<State, Command, Event extends DomainEvent>(
    entry: StreamEntry<State, Command, Event>,
    group: readonly Pending<State, Command, Event>[],
    isCurrent: boolean,
  ): Promise<readonly Decided[] | undefined> {
    const { decider } = entry.type;
    const time = toTimestamp(this.clock.now());
    const newEvents: NewEvent[] = [];
    const settlements: Decided[] = [];
    const decidedNow = new Map<string, Remembered>();
    /** A stream that begins anew after its deletion goes on at its old revision. */
    let shift = 0;
    let { state, revision } = entry;
    for (const pending of group) {
      const { command, cause, expectedRevision, resolve, reject } = pending;
      if (typeof command === 'symbol') {
        settlements.push({ settle: () => resolve({ state: entry.state, revision: entry.revision, events: [], repeated: false }) });
        continue;
      }
      const earlier = entry.memory.find(cause.commandId) ?? decidedNow.get(cause.commandId);
      if (earlier !== undefined) {
        settlements.push({ settle: () => void this.repeat(entry, earlier).then(resolve, reject) });
        continue;
      }
      if (expectedRevision !== undefined && expectedRevision !== revision) {
        const current = revision;
        settlements.push({ settle: () => reject(new RevisionMismatch(current)) });
        continue;
      }
      let events: readonly Event[];
      try {
        events = decider.decide(state, command);
      } catch (error) {
        settlements.push({ settle: () => reject(error) });
        continue;
      }
      for (let index = 0; index < events.length; index++) {
        const event = events[index] as Event;
        const { type, ...data } = event;
        newEvents.push({ id: uuid5(cause.commandId, index), type, data, metadata: metadataOf(cause, time) });
        state = decider.evolve(state, event);
      }
      if (events.length > 0) decidedNow.set(cause.commandId, { first: revision + 1, last: revision + events.length });
      revision += events.length;
      const outcome: Outcome<State, Event> = { state, revision, events, repeated: false };
      settlements.push({ settle: () => resolve(shift === 0 ? outcome : { ...outcome, revision: outcome.revision + shift }) });
    }
    if (newEvents.length === 0 && !isCurrent) return undefined;
    if (newEvents.length > 0) {
      const appended = await this.append(entry.streamId, entry.revision === NOT_CREATED ? 'no_stream' : entry.revision, newEvents);
      shift = appended.revision - revision;
      entry.state = state;
      entry.revision = appended.revision;
      for (const { cause } of group) {
        const where = decidedNow.get(cause.commandId);
        if (where !== undefined) entry.memory.remember(cause.commandId, { first: where.first + shift, last: where.last + shift }, cause.keyed === true);
      }
      this.keepSnapshot(entry);
      for (const wake of this.watchers.get(entry.streamId) ?? []) wake();
    }
    return settlements;
  }

  /** An append whose outcome is not known is repeated with the same ids and the same expected revision, or not at all. */
  private async append(streamId: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.store.append(streamId, expected, events);
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || attempt === UNKNOWN_OUTCOME_ATTEMPTS) throw error;
        await sleep(this.clock, 20 * attempt);
      }
    }
  }

  private async repeat<State, Command, Event extends DomainEvent>(
    entry: StreamEntry<State, Command, Event>,
    { first, last }: Remembered,
  ): Promise<Outcome<State, Event>> {
    const { state, revision } = entry;
    const events: Event[] = [];
    for await (const page of this.store.readStream(entry.streamId, { from: first, limit: last - first + 1 }))
      for (const recorded of page) events.push(toDomainEvent<Event>(recorded));
    return { state, revision, events, repeated: true };
  }

  private ensureLoaded<State, Command, Event extends DomainEvent>(entry: StreamEntry<State, Command, Event>): Promise<void> {
    entry.loading ??= this.read(entry).finally(() => (entry.loading = undefined));
    return entry.loading;
  }

  /** Goes on from what the entry has: nothing, a snapshot, or the state before a conflict. */
  private async read<State, Command, Event extends DomainEvent>(entry: StreamEntry<State, Command, Event>): Promise<void> {
    const { snapshot } = entry.type;
    if (entry.revision === NOT_CREATED && snapshot !== undefined && this.snapshots !== undefined) {
      const kept = await this.snapshots.load(entry.streamId);
      if (kept !== undefined && kept.version === snapshot.version) {
        const { state, memory } = kept.state as { state: unknown; memory: unknown };
        entry.state = snapshot.decode(state);
        entry.memory = CommandMemory.decode(memory);
        entry.revision = kept.revision;
        entry.snapshotRevision = kept.revision;
      }
    }
    for await (const page of this.store.readStream(entry.streamId, { from: entry.revision + 1 }))
      for (const recorded of page) entry.apply(recorded);
    entry.loaded = true;
    this.keepSnapshot(entry);
  }

  private keepSnapshot<State, Command, Event extends DomainEvent>(entry: StreamEntry<State, Command, Event>): void {
    const { snapshot } = entry.type;
    if (snapshot === undefined || this.snapshots === undefined) return;
    const due = Math.max(SNAPSHOT_EVERY, entry.snapshotBytes * EVENTS_PER_SNAPSHOT_BYTE);
    if (entry.revision - entry.snapshotRevision < due) return;
    const state = { state: snapshot.encode(entry.state), memory: entry.memory.encode() };
    entry.snapshotRevision = entry.revision;
    entry.snapshotBytes = this.snapshots.save(entry.streamId, { version: snapshot.version, revision: entry.revision, state });
  }
}

function metadataOf(cause: Pending<unknown, unknown, unknown>['cause'], time: string): NewEvent['metadata'] {
  const { commandId, correlationId, causationId, actor, traceparent, keyed } = cause;
  return {
    time,
    commandId,
    correlationId,
    causationId,
    actor,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(keyed === undefined ? {} : { keyed }),
  };
}
