import type { EventStore, ExpectedRevision, NewEvent } from '@tillroll/event-store';
import { uuid5 } from '@tillroll/kernel';
import type { BusEvent, Publications } from '../port';

/** The context that the contract's events belong to. */
export const samplePublications: Publications = {
  context: 'sample',
  prefixes: ['sample-'],
  events: {
    Happened: { type: 'tillroll.sample.happened.v1', visibility: 'public', data: (stored) => stored },
    Noted: { type: 'tillroll.sample.noted.v1', visibility: 'internal', data: (stored) => stored },
    Garbled: {
      type: 'tillroll.sample.garbled.v1', visibility: 'internal',
      data: () => {
        throw new TypeError('this event cannot be read');
      },
    },
  },
};

export const HAPPENED = 'tillroll.sample.happened.v1';
export const NOTED = 'tillroll.sample.noted.v1';
export const GARBLED = 'tillroll.sample.garbled.v1';

export function newEvent(id: string, type: string, data: Readonly<Record<string, unknown>> = {}): NewEvent {
  const metadata = { time: '2026-01-01T00:00:00.000Z', commandId: id, correlationId: id, causationId: id, actor: 'system:test' };
  return { id, type, data, metadata };
}

/** Appends `Happened` events with rising numbers to `sample-<key>` streams, and knows what it has appended. */
export class Happenings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly store: () => EventStore) {}

  /** Resolves with the position of the last event. */
  async happen(key: string, times = 1, type = 'Happened'): Promise<number> {
    const before = this.counts.get(key) ?? 0;
    const events = Array.from({ length: times }, (_, i) => newEvent(uuid5('happening', key, before + i), type, { key, number: before + i }));
    this.counts.set(key, before + times);
    const expected: ExpectedRevision = before === 0 ? 'no_stream' : before - 1;
    const { position } = await this.store().append(`sample-${key}`, expected, events);
    return position;
  }

  /** One event for each of many keys, `rounds` times over. Resolves with the position of the last. */
  async happenEverywhere(keys: readonly string[], rounds = 1): Promise<number> {
    let last = 0;
    for (let round = 0; round < rounds; round++)
      last = Math.max(last, ...(await Promise.all(keys.map((key) => this.happen(key)))));
    return last;
  }
}

export const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `k${i}`);

export const keyOf = (event: BusEvent): string => String(event.data['key']);
export const numberOf = (event: BusEvent): number => Number(event.data['number']);
