import type { Publications } from '@tillroll/event-bus';
import type { EventStore, NewEvent } from '@tillroll/event-store';
import { uuid5 } from '@tillroll/kernel';
import type { Projection } from '@tillroll/read-models';

/** A context for tests of projections: `tally-<key>` streams of numbers that are added up, noted and wiped. */
export const tallyPublications: Publications = {
  context: 'tally',
  prefixes: ['tally-'],
  events: {
    Added: { type: 'tillroll.tally.added.v1', visibility: 'internal', data: (stored) => stored },
    Wiped: { type: 'tillroll.tally.wiped.v1', visibility: 'internal', data: (stored) => stored },
    Ignored: { type: 'tillroll.tally.ignored.v1', visibility: 'internal', data: (stored) => stored },
    Garbled: {
      type: 'tillroll.tally.garbled.v1', visibility: 'internal',
      data: () => {
        throw new TypeError('this event cannot be read');
      },
    },
  },
};

export type TallyDocument = {
  readonly key: string;
  readonly group: string;
  readonly sum: number;
  /** Each event that is in the sum, in order: counted twice or out of order, it would show. */
  readonly history: readonly number[];
};

/** One document per stream. */
export function tallies(name = 'tally.tallies', version = 1): Projection<TallyDocument> {
  return {
    name,
    version,
    indexes: [{ fields: ['sum'] }, { fields: ['group', 'sum'] }],
    on: {
      'tillroll.tally.added.v1': ({ subject, data }) => {
        const amount = Number(data['amount']);
        return [{
          id: subject,
          change: (before) => ({
            key: subject, group: String(data['group']), sum: (before?.sum ?? 0) + amount, history: [...(before?.history ?? []), amount],
          }),
        }];
      },
      'tillroll.tally.wiped.v1': ({ subject }) => [{ id: subject, change: () => undefined }],
    },
  };
}

export type GroupDocument = { readonly group: string; readonly count: number; readonly sum: number };

/** One document per group, fed by many streams; each event changes it twice. */
export function groups(name = 'tally.groups', version = 1): Projection<GroupDocument> {
  return {
    name,
    version,
    indexes: [{ fields: ['count'] }],
    on: {
      'tillroll.tally.added.v1': ({ data }) => {
        const group = String(data['group']);
        const amount = Number(data['amount']);
        return [
          { id: group, change: (before) => ({ group, count: (before?.count ?? 0) + 1, sum: before?.sum ?? 0 }) },
          { id: group, change: (before) => ({ group, count: before?.count ?? 0, sum: (before?.sum ?? 0) + amount }) },
        ];
      },
    },
  };
}

export interface TallyEvent {
  readonly key: string;
  readonly type: 'Added' | 'Wiped' | 'Ignored' | 'Garbled';
  readonly amount?: number;
}

export const groupOf = (key: string): string => `g${key.length % 3}`;

/** Appends to tally streams and remembers how far each is. */
export class TallyStreams {
  private readonly lengths = new Map<string, number>();

  constructor(private readonly store: () => EventStore) {}

  /** Resolves with the position of the last. */
  async append(events: readonly TallyEvent[]): Promise<number> {
    const appended = await Promise.all(
      events.map(({ key, type, amount = 1 }) => {
        const revision = this.lengths.get(key) ?? 0;
        this.lengths.set(key, revision + 1);
        const id = uuid5('tally', key, revision);
        const metadata = { time: '2030-01-01T12:00:00.000Z', commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
        const event: NewEvent = { id, type, data: { amount, group: groupOf(key) }, metadata };
        return this.store().append(`tally-${key}`, revision === 0 ? 'no_stream' : revision - 1, [event]);
      }),
    );
    return Math.max(0, ...appended.map(({ position }) => position));
  }

  added(key: string, ...amounts: readonly number[]): Promise<number> {
    return this.append(amounts.map((amount) => ({ key, type: 'Added', amount })));
  }
}
