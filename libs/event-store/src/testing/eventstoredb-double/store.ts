import { randomUUID } from 'node:crypto';
import type { EmbeddedEngine } from '../../embedded/engine';
import { isSoftDeleted, type LoggedEvent, metastreamOf, openLog, type ProposedEvent, type StreamState } from './log';

export type Expected = number | 'no_stream' | 'stream_exists' | 'any';

export type Outcome =
  | { readonly kind: 'written'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong'; readonly expected: Expected; /** -1: no stream. */ readonly current: number }
  | { readonly kind: 'tombstoned' };

const DELETED_MARK = Buffer.from('{"$tb":9223372036854775807}');

/** How a server decides about appends and deletions, and whom it tells. */
export class DoubleStore {
  readonly log;
  /** Where what is on disk ends. */
  committed: number;
  private group: LoggedEvent[] = [];
  private readonly listeners = new Set<(events: readonly LoggedEvent[]) => void>();

  constructor(private readonly engine: EmbeddedEngine) {
    this.log = openLog(engine);
    this.committed = this.log.end();
    engine.onGroupEnd((committed) => this.endGroup(committed));
  }

  /** Resolves once it is on disk. */
  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): Promise<Outcome> {
    return this.engine.write(() => this.appendNow(stream, expected, events), { throwsBeforeChanges: true });
  }

  /** What readers do not see any more is still in the log. */
  delete(stream: string, expected: Expected): Promise<Outcome> {
    return this.engine.write(() => {
      const state = this.log.state(stream);
      if (state.tombstoned) return { kind: 'tombstoned' };
      if (!isAt(state, expected) || state.last < 0) return { kind: 'wrong', expected, current: state.last };
      return this.written(this.write(metastreamOf(stream), [metadataEvent(DELETED_MARK)]));
    });
  }

  tombstone(stream: string, expected: Expected): Promise<Outcome> {
    return this.engine.write(() => {
      const state = this.log.state(stream);
      if (state.tombstoned) return { kind: 'tombstoned' };
      if (!isAt(state, expected)) return { kind: 'wrong', expected, current: state.last };
      this.log.tombstone(stream);
      return { kind: 'written', revision: state.last, position: this.log.end() };
    });
  }

  /** Hears of every event from now on, group by group, once it is on disk. */
  listen(listener: (events: readonly LoggedEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private appendNow(stream: string, expected: Expected, events: readonly ProposedEvent[]): Outcome {
    const state = this.log.state(stream);
    if (state.tombstoned) return { kind: 'tombstoned' };
    const deleted = isSoftDeleted(state);
    const from = firstRevision(state, expected);
    if (from === undefined || from > state.last + 1) return { kind: 'wrong', expected, current: state.last };
    if (from <= state.last && events.length > 0) {
      const repeated = this.repeated(stream, from, events);
      if (repeated !== 'not at all') return repeated ?? { kind: 'wrong', expected, current: state.last };
      if (!(expected === 'no_stream' && deleted)) return { kind: 'wrong', expected, current: state.last };
    }
    const written = this.written(this.write(stream, events));
    if (deleted) this.write(metastreamOf(stream), [metadataEvent(Buffer.from(`{"$tb":${state.last + 1}}`))]);
    return written;
  }

  /** Ids decide, and where they are; data is not looked at. Undefined: some of them are there, but not all. */
  private repeated(stream: string, from: number, events: readonly ProposedEvent[]): Outcome | undefined | 'not at all' {
    const there = this.log.ids(stream, from, events.length);
    const differing = events.findIndex(({ id }, index) => there[index]?.id !== id);
    if (differing === 0) return 'not at all';
    const last = there.at(-1);
    return differing > 0 || last === undefined ? undefined : { kind: 'written', revision: from + events.length - 1, position: last.position };
  }

  private write(stream: string, events: readonly ProposedEvent[]): readonly LoggedEvent[] {
    const written = this.log.write(stream, events, Date.now());
    this.group.push(...written);
    return written;
  }

  private written(events: readonly LoggedEvent[]): Outcome {
    const last = events.at(-1);
    return { kind: 'written', revision: last?.revision ?? -1, position: last?.position ?? this.log.end() };
  }

  private endGroup(committed: boolean): void {
    const { group } = this;
    this.group = [];
    if (!committed) return this.log.forget();
    const last = group.at(-1);
    if (last === undefined) return;
    this.committed = last.next;
    for (const listener of this.listeners) listener(group);
  }
}

const metadataEvent = (data: Uint8Array): ProposedEvent => ({ id: randomUUID(), type: '$metadata', isJson: true, data, metadata: new Uint8Array() });

const isAt = (state: StreamState, expected: Expected): boolean =>
  expected === 'any' || (expected === 'no_stream' ? state.last < 0 || isSoftDeleted(state) : expected === state.last);

/** Where the append would begin; undefined when the stream is not what it expects. */
function firstRevision(state: StreamState, expected: Expected): number | undefined {
  switch (expected) {
    case 'any':
      return state.last + 1;
    case 'stream_exists':
      return state.last < 0 || isSoftDeleted(state) ? undefined : state.last + 1;
    case 'no_stream':
      return 0;
    default:
      return expected + 1;
  }
}
