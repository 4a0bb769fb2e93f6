import { randomUUID } from 'node:crypto';
import type { EventStore, ExpectedRevision, NewEvent, ReadOptions, RecordedEvent } from '../port';

/** An event for tests, with an id of its own. */
export function someEvent(data: Readonly<Record<string, unknown>> = {}, type = 'SomethingHappened'): NewEvent {
  const commandId = randomUUID();
  return { id: randomUUID(), type, data, metadata: { time: '2026-01-02T03:04:05.678Z', commandId, correlationId: commandId, causationId: commandId, actor: 'system:test' } };
}

export const someEvents = (count: number): readonly NewEvent[] => Array.from({ length: count }, (_, index) => someEvent({ index }));

/** A stream id that no other test has. */
export const newStream = (prefix = 'test'): string => `${prefix}-${randomUUID()}`;

export async function readAllOf(store: EventStore, streamId: string, options?: ReadOptions): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const page of store.readStream(streamId, options)) found.push(...page);
  return found;
}

/** Appends the events one by one and returns the last revision. */
export async function appendOneByOne(store: EventStore, streamId: string, events: readonly NewEvent[], expected: ExpectedRevision = 'no_stream'): Promise<ExpectedRevision> {
  let revision = expected;
  for (const event of events) ({ revision } = await store.append(streamId, revision, [event]));
  return revision;
}

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);
