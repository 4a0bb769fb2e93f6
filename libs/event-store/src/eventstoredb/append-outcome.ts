import { MaximumAppendSizeExceeded, WrongExpectedVersion } from '@eventstore/db-client/generated/shared_pb';
import type { BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { type Appended, type ExpectedRevision, WrongExpectedRevision } from '../port';
import { AccessDenied, AppendTooLarge, OutcomeUnknown, StreamTombstoned } from './append-errors';
import { safeInteger } from './safe-integer';

export interface SentAppend {
  readonly streamId: string;
  readonly expected: ExpectedRevision;
}

/**
 * Throws the error of a definite refusal: nothing was written, and nothing will be. Everything else that is not a success, also what
 * this client has never heard of, is {@link OutcomeUnknown}.
 */
export function outcomeOf(response: BatchAppendResp, { streamId, expected }: SentAppend): Appended {
  const success = response.getSuccess();
  if (success !== undefined) {
    const position = success.getPosition();
    if (position === undefined) throw new OutcomeUnknown('the event store did not say where an append is');
    return { revision: safeInteger(success.getCurrentRevision()), position: safeInteger(position.getCommitPosition()) };
  }
  const details = response.getError()?.getDetails();
  const name = details?.getTypeName();
  switch (name) {
    case 'event_store.client.WrongExpectedVersion': {
      const wrong = details?.unpack(WrongExpectedVersion.deserializeBinary, name);
      const actual = wrong?.hasCurrentStreamRevision() === true ? safeInteger(wrong.getCurrentStreamRevision()) : 'no_stream';
      throw new WrongExpectedRevision(streamId, expected, actual);
    }
    case 'event_store.client.MaximumAppendSizeExceeded': {
      const limit = details?.unpack(MaximumAppendSizeExceeded.deserializeBinary, name)?.getMaxappendsize() ?? 0;
      throw new AppendTooLarge(streamId, limit, limit);
    }
    case 'event_store.client.StreamDeleted':
      throw new StreamTombstoned(streamId);
    case 'event_store.client.AccessDenied':
      throw new AccessDenied(streamId);
    default:
      throw new OutcomeUnknown(response.getError()?.getMessage() || name || 'an answer without an outcome');
  }
}
