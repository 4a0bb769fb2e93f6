import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../port';
import type { Appender } from './appender';
import type { Connection } from './connection';
import { lastOf } from './stream-reader';

/** Events before a revision are hidden from readers of the stream; the log has them until the server scavenges. */
export async function truncateStream(connection: Connection, appender: Appender, streamId: string, before: number): Promise<void> {
  await connection.patiently(async () => {
    const last = await lastOf(connection, streamId);
    // Nothing of it is visible: a mark would bring a deleted stream back.
    if (last === undefined || last === 'empty' || last.event === undefined) return;
    const metastream = `$$${streamId}`;
    // Read by ourselves: the client's answer has a position where it says revision.
    const known = await lastOf(connection, metastream);
    const event = known === 'empty' ? undefined : known?.event;
    const metadata = (event?.data ?? {}) as Readonly<Record<string, unknown>>;
    const mark = Math.max(Math.min(before, Number(last.event.revision) + 1), Number(metadata.$tb ?? 0));
    await appender.append(metastream, event === undefined ? 'no_stream' : Number(event.revision), [metadataEvent({ ...metadata, $tb: mark })]);
  });
}

/** The next append with `no_stream` goes on behind the old revisions. */
export async function deleteStream(connection: Connection, streamId: string): Promise<void> {
  await connection.patiently(async () => {
    // A stream that never was would get a mark all the same.
    if ((await lastOf(connection, streamId)) === undefined) return;
    // Whatever its revision: what is there is to be gone. (Expecting that the stream exists fails always.)
    await connection.client.deleteStream(streamId, { requiresLeader: true, deadline: connection.silenceMs });
  });
}

const metadataEvent = (data: NewEvent['data']): NewEvent => ({ id: randomUUID(), type: '$metadata', data, metadata: {} as NewEvent['metadata'] });
