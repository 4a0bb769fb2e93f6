import { StreamIdentifier } from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { SentAppend } from './append-outcome';

/** By the server's clock, which may be ahead of ours: what counts is our own limit, and the server's. */
const DEADLINE_MS = 60_000;

/** Never expects "any": an append that says nothing of where it belongs could not be repeated. */
export function appendRequest({ streamId, expected }: SentAppend, messages: readonly BatchAppendReq.ProposedMessage[]): BatchAppendReq {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(streamId, 'utf8'));
  const options = new BatchAppendReq.Options();
  options.setStreamIdentifier(identifier);
  options.setDeadline(Timestamp.fromDate(new Date(Date.now() + DEADLINE_MS)));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  const request = new BatchAppendReq();
  request.setOptions(options);
  request.setProposedMessagesList([...messages]);
  return request;
}
