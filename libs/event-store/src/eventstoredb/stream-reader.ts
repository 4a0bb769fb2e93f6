import { BACKWARDS, END, FORWARDS, type ResolvedEvent, START } from '@eventstore/db-client';
import { checkStreamId } from '../check-append';
import type { ReadOptions, RecordedEvent } from '../port';
import type { Connection } from './connection';
import { pagesOf } from './pages';
import { recordedEvent } from './recorded-event';

const PAGE = 500;

/** Pages of a stream's events; a read that breaks is begun anew behind the last event. */
export async function* readStream(connection: Connection, streamId: string, options: ReadOptions): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
  checkStreamId(streamId);
  const { client, silenceMs } = connection;
  const backwards = options.direction === 'backwards';
  let { from } = options;
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  const patience = connection.patience();
  while (left > 0) {
    connection.refuseWhenClosed();
    try {
      const stream = client.readStream(streamId, {
        direction: backwards ? BACKWARDS : FORWARDS,
        // Backwards, START would be the first event only.
        fromRevision: from === undefined ? (backwards ? END : START) : BigInt(from),
        // A count of 0 is an error.
        ...(Number.isFinite(left) ? { maxCount: left } : {}),
        requiresLeader: true,
      });
      for await (const resolved of pagesOf(stream, { size: Math.min(PAGE, left), silenceMs })) {
        const last = resolved.at(-1)?.event;
        const page = resolved.flatMap((each) => recordedEvent(each) ?? []);
        if (page.length > 0) yield page;
        patience.renew();
        left -= resolved.length;
        if (last !== undefined) from = Number(last.revision) + (backwards ? -1 : 1);
        if (from !== undefined && from < 0) return;
      }
      return;
    } catch (error) {
      if (isStreamNotFound(error)) return;
      await patience.next(error);
    }
  }
}

/** The last event of a stream, of whatever kind; `'empty'` when everything is truncated, undefined when there is no stream. */
export async function lastOf({ client, silenceMs }: Connection, streamId: string): Promise<ResolvedEvent | 'empty' | undefined> {
  try {
    for await (const [last] of pagesOf(client.readStream(streamId, { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true }), { size: 1, silenceMs })) return last;
    return 'empty';
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
}

const isStreamNotFound = (error: unknown): boolean => typeof error === 'object' && error !== null && 'type' in error && error.type === 'stream-not-found';
