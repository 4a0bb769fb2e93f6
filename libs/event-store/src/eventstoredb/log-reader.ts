import { BACKWARDS, END, START } from '@eventstore/db-client';
import { BEGINNING, type RecordedEvent, StoreUnavailable, type SubscriptionPage } from '../port';
import type { Connection } from './connection';
import { matching } from './matching';
import { pagesOf } from './pages';
import { logPositionOf, recordedEvent } from './recorded-event';

const PAGE = 500;

/** A record of the log; `event` only when it is one of ours. */
export interface LogRecord {
  readonly position: number;
  readonly event: RecordedEvent | undefined;
}

/** The log after a position, whatever is in it, at most `limit` records. */
export async function* logPages({ client, silenceMs }: Connection, after: number, limit?: number): AsyncGenerator<readonly LogRecord[], void, undefined> {
  const stream = client.readAll({
    fromPosition: after === BEGINNING ? START : { commit: BigInt(after), prepare: BigInt(after) },
    // The record at the position itself comes first and is skipped.
    ...(limit === undefined ? {} : { maxCount: limit + 1 }),
  });
  for await (const resolved of pagesOf(stream, { size: PAGE, silenceMs })) {
    const records: LogRecord[] = [];
    for (const each of resolved) {
      const position = logPositionOf(each);
      if (position !== undefined && position > after) records.push({ position, event: recordedEvent(each) });
    }
    yield records;
  }
}

/** The log up to its present end; a read that breaks is begun anew. The client has no filter for it: prefixes are looked at here. */
export async function* readLog(connection: Connection, after: number, prefixes: readonly string[] | undefined): AsyncGenerator<SubscriptionPage, void, undefined> {
  const end = await connection.patiently(() => headOf(connection));
  const matches = matching(prefixes);
  const patience = connection.patience();
  for (let position = after; position < end; ) {
    connection.refuseWhenClosed();
    try {
      for await (const records of logPages(connection, position)) {
        const known = records.filter((record) => record.position <= end);
        position = known.at(-1)?.position ?? position;
        if (known.length > 0) yield { events: known.flatMap(({ event }) => (event !== undefined && matches(event) ? event : [])), position };
        patience.renew();
        if (position >= end || known.length < records.length) return;
      }
      throw new StoreUnavailable(`the log ended before position ${end}`);
    } catch (error) {
      await patience.next(error);
    }
  }
}

/** The position of the last record, whatever it is; {@link BEGINNING} in an empty log. */
export async function headOf({ client, silenceMs }: Connection): Promise<number> {
  let head = BEGINNING;
  for await (const page of pagesOf(client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true }), { size: 1, silenceMs }))
    for (const resolved of page) head = logPositionOf(resolved) ?? head;
  return head;
}
