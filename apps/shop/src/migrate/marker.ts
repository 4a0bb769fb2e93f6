import { type EventStore, MOVES, type NewEvent, type RecordedEvent } from '@tillroll/event-store';
import { type EpochMs, toTimestamp, uuid5 } from '@tillroll/kernel';

/** What is moved, and where to: the same in each run of one move. */
export interface MoveDescription {
  /** Made of the first event of the source. */
  readonly source: string;
  readonly from: string;
  /** Where the rest is kept, without credentials. */
  readonly places: readonly string[];
  readonly events: number;
  readonly streams: number;
  /** The `LogDigest.whole` of the source. */
  readonly digest: string;
}

export interface Marker {
  readonly begun: MoveDescription | undefined;
  /** When it was finished, RFC 3339 UTC. */
  readonly finished: string | undefined;
}

export const markerStream = (source: string): string => `${MOVES}${source}`;

export const sourceIdOf = ({ id, streamId, metadata }: RecordedEvent): string => uuid5('tillroll-source', streamId, id, metadata.time);

/** What a move has left in its stream in the target. */
export async function readMarker(store: Pick<EventStore, 'readStream'>, source: string): Promise<Marker> {
  let marker: Marker = { begun: undefined, finished: undefined };
  for await (const page of store.readStream(markerStream(source)))
    for (const { type, data, metadata } of page) {
      if (type === 'MoveBegun') marker = { ...marker, begun: data as unknown as MoveDescription };
      if (type === 'MoveFinished') marker = { ...marker, finished: metadata.time };
    }
  return marker;
}

export async function markBegun(store: EventStore, description: MoveDescription, now: EpochMs): Promise<void> {
  await store.append(markerStream(description.source), 'no_stream', [mark('MoveBegun', description, now)]);
}

export async function markFinished(store: EventStore, description: MoveDescription, now: EpochMs): Promise<void> {
  await store.append(markerStream(description.source), 0, [mark('MoveFinished', description, now)]);
}

function mark(type: string, description: MoveDescription, now: EpochMs): NewEvent {
  const commandId = uuid5('tillroll-move', description.source, type);
  return {
    id: uuid5(commandId, '0'),
    type,
    data: { ...description },
    metadata: { time: toTimestamp(now), commandId, correlationId: commandId, causationId: commandId, actor: 'system:migrate' },
  };
}
