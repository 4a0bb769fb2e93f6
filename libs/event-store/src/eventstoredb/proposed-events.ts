import { UUID } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import type { NewEvent } from '../port';
import { AppendTooLarge } from './append-errors';

/** What the server takes in one append, events together. */
export const LARGEST_APPEND = 1024 * 1024;

/**
 * Serialises before anything is sent. Throws a `TypeError` for data that is no JSON (cycles, BigInt) and
 * {@link AppendTooLarge}.
 */
export function proposedEvents(streamId: string, events: readonly NewEvent[]): readonly BatchAppendReq.ProposedMessage[] {
  let bytes = 0;
  const messages = events.map(({ id, type, data, metadata }) => {
    const [dataBytes, metadataBytes] = [Buffer.from(JSON.stringify(data), 'utf8'), Buffer.from(JSON.stringify(metadata), 'utf8')];
    // As the server counts.
    bytes += dataBytes.length + metadataBytes.length + type.length * 2;
    return proposedEvent(id, type, dataBytes, metadataBytes);
  });
  if (bytes > LARGEST_APPEND) throw new AppendTooLarge(streamId, bytes, LARGEST_APPEND);
  return messages;
}

function proposedEvent(id: string, type: string, data: Uint8Array, metadata: Uint8Array): BatchAppendReq.ProposedMessage {
  const uuid = new UUID();
  uuid.setString(id);
  const message = new BatchAppendReq.ProposedMessage();
  message.setId(uuid);
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  message.setData(data);
  message.setCustomMetadata(metadata);
  return message;
}
