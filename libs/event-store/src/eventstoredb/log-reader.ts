import { BACKWARDS, END, type EventStoreDBClient, START } from '@eventstore/db-client';
import { BEGINNING, type RecordedEvent } from '../port';
import { pagesOf } from './pages';
import { logPositionOf, recordedEvent } from './recorded-event';

/** A record of the log; `event` only when it is one of ours. */
export interface LogRecord {
  readonly position: number;
  readonly event: RecordedEvent | undefined;
}

export interface LogRead {
  readonly after: number;
  readonly limit?: number;
  readonly page: number;
  readonly silenceMs: number;
}

/** The log after a position, whatever is in it. The client has no filter for this. */
export async function* logPages(client: EventStoreDBClient, { after, limit, page, silenceMs }: LogRead): AsyncGenerator<readonly LogRecord[], void, undefined> {
  const stream = client.readAll({
    fromPosition: after === BEGINNING ? START : { commit: BigInt(after), prepare: BigInt(after) },
    // The record at the position itself comes first and is skipped.
    ...(limit === undefined ? {} : { maxCount: limit + 1 }),
  });
  for await (const resolved of pagesOf(stream, { size: page, silenceMs })) {
    const records: LogRecord[] = [];
    for (const each of resolved) {
      const position = logPositionOf(each);
      if (position !== undefined && position > after) records.push({ position, event: recordedEvent(each) });
    }
    yield records;
  }
}

/** The position of the last record, whatever it is; {@link BEGINNING} in an empty log. */
export async function headOf(client: EventStoreDBClient, silenceMs: number): Promise<number> {
  let head = BEGINNING;
  for await (const page of pagesOf(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true }), { size: 1, silenceMs }))
    for (const resolved of page) head = logPositionOf(resolved) ?? head;
  return head;
}
