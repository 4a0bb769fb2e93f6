import type { Message } from 'google-protobuf';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb';
import { MaximumAppendSizeExceeded, AllStreamPosition, Empty, StreamDeleted, StreamIdentifier, Timeout, UUID, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { AppendResp, BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { LoggedEvent, ProposedEvent } from './log';
import type { Expected, Outcome } from './store';

/** The largest append of a server, all events together. */
export const LARGEST_APPEND = 1024 * 1024;

const TICKS_PER_MS = 10_000n;

export function streamIdentifier(name: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8'));
  return identifier;
}

export const nameOf = (identifier: StreamIdentifier | undefined): string => Buffer.from(identifier?.getStreamName_asU8() ?? new Uint8Array()).toString('utf8');

/** Throws for an id that is no UUID: the call that carried it then fails, and with it every later append on it. */
export function uuidOf(uuid: UUID | undefined): string {
  const text = uuid?.getString() ?? '';
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) throw new TypeError(`no UUID: ${text}`);
  return text.toLowerCase();
}

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedEvent(message: ProposedMessage): ProposedEvent {
  const type = message.getMetadataMap().get('type');
  if (type === undefined || type === '') throw new TypeError('an event without a type');
  const isJson = message.getMetadataMap().get('content-type') === 'application/json';
  return { id: uuidOf(message.getId()), type, isJson, data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8() };
}

export const sizeOf = (events: readonly ProposedEvent[]): number => events.reduce((sum, { type, data, metadata }) => sum + data.length + metadata.length + type.length * 2, 0);

/** `inLog`: read from the log over all streams, which names the event's position a second time. */
export function readEvent(event: LoggedEvent, inLog: boolean): ReadResp {
  const recorded = new ReadResp.ReadEvent.RecordedEvent();
  const id = new UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(streamIdentifier(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  recorded.getMetadataMap().set('created', String(BigInt(event.created) * TICKS_PER_MS));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const resolved = new ReadResp.ReadEvent();
  resolved.setEvent(recorded);
  if (inLog) resolved.setCommitPosition(String(event.position));
  else resolved.setNoPosition(new Empty());
  const response = new ReadResp();
  response.setEvent(resolved);
  return response;
}

export function checkpoint(commit: number, prepare: number): ReadResp {
  const reached = new ReadResp.Checkpoint();
  reached.setCommitPosition(String(commit));
  reached.setPreparePosition(String(prepare));
  const response = new ReadResp();
  response.setCheckpoint(reached);
  return response;
}

export function confirmation(id: string): ReadResp {
  const confirmed = new ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(id);
  const response = new ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

export function caughtUp(): ReadResp {
  const response = new ReadResp();
  response.setCaughtUp(new ReadResp.CaughtUp());
  return response;
}

export function streamNotFound(name: string): ReadResp {
  const missing = new ReadResp.StreamNotFound();
  missing.setStreamIdentifier(streamIdentifier(name));
  const response = new ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

export function appendResponse(outcome: Exclude<Outcome, { kind: 'tombstoned' }>): AppendResp {
  const response = new AppendResp();
  if (outcome.kind === 'written') {
    const position = new AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    const success = new AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    success.setPosition(position);
    response.setSuccess(success);
    return response;
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new Empty());
  else wrong.setCurrentRevision(String(outcome.current));
  if (outcome.expected === 'no_stream') wrong.setExpectedNoStream(new Empty());
  else if (outcome.expected === 'stream_exists') wrong.setExpectedStreamExists(new Empty());
  else wrong.setExpectedRevision(String(outcome.expected));
  response.setWrongExpectedVersion(wrong);
  return response;
}

export function batchResponse(correlation: UUID | undefined, stream: string, outcome: Outcome): BatchAppendResp {
  if (outcome.kind === 'tombstoned') {
    const deleted = new StreamDeleted();
    deleted.setStreamIdentifier(streamIdentifier(stream));
    return batchError(correlation, stream, 'Stream Deleted', deleted, 'event_store.client.StreamDeleted');
  }
  if (outcome.kind === 'wrong') return batchError(correlation, stream, 'Wrong Expected Version', wrongVersion(outcome.expected, outcome.current), 'event_store.client.WrongExpectedVersion');
  const position = new AllStreamPosition();
  position.setCommitPosition(String(outcome.position));
  position.setPreparePosition(String(outcome.position));
  const success = new BatchAppendResp.Success();
  success.setCurrentRevision(String(outcome.revision));
  success.setPosition(position);
  const response = batchFrame(correlation, stream);
  response.setSuccess(success);
  return response;
}

export function batchTooLarge(correlation: UUID | undefined, stream: string): BatchAppendResp {
  const details = new MaximumAppendSizeExceeded();
  details.setMaxappendsize(LARGEST_APPEND);
  return batchError(correlation, stream, 'Maximum Append Size Exceeded', details, 'event_store.client.MaximumAppendSizeExceeded');
}

export const batchTimeout = (correlation: UUID | undefined, stream: string): BatchAppendResp => batchError(correlation, stream, 'Timeout', new Timeout(), 'event_store.client.Timeout');

/** The client cannot tell what it is: "Could not recognize Server Is Not Ready". */
export const batchNotReady = (correlation: UUID | undefined, stream: string): BatchAppendResp => batchError(correlation, stream, 'Server Is Not Ready', new GoogleEmpty(), 'google.protobuf.Empty');

function batchError(correlation: UUID | undefined, stream: string, message: string, details: Message, name: string): BatchAppendResp {
  const packed = new Any();
  packed.pack(details.serializeBinary(), name);
  const status = new Status();
  status.setMessage(message);
  status.setDetails(packed);
  const response = batchFrame(correlation, stream);
  response.setError(status);
  return response;
}

function batchFrame(correlation: UUID | undefined, stream: string): BatchAppendResp {
  const response = new BatchAppendResp();
  response.setCorrelationId(correlation);
  response.setStreamIdentifier(streamIdentifier(stream));
  return response;
}

function wrongVersion(expected: Expected, current: number): WrongExpectedVersion {
  const wrong = new WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new GoogleEmpty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'no_stream') wrong.setExpectedNoStream(new GoogleEmpty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new GoogleEmpty());
  else if (expected === 'any') wrong.setExpectedAny(new GoogleEmpty());
  else wrong.setExpectedStreamPosition(String(expected));
  return wrong;
}
