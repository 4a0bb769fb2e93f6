import { StoreUnavailable } from '../port';

/** More than the server takes in one append. Nothing was written; two appends instead would not be all or nothing. */
export class AppendTooLarge extends Error {
  override readonly name = 'AppendTooLarge';
  constructor(
    readonly streamId: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`${bytes} bytes in one append to ${streamId}: the event store takes ${limit}`);
  }
}

/** Somebody deleted the stream for ever (a tombstone), which this shop never does. */
export class StreamTombstoned extends Error {
  override readonly name = 'StreamTombstoned';
  constructor(readonly streamId: string) {
    super(`stream ${streamId} was deleted for ever: nothing can be appended to it`);
  }
}

/** The credentials in the URL do not suffice. Nothing was written. */
export class AccessDenied extends StoreUnavailable {
  constructor(readonly streamId: string) {
    super(`the event store denies access to stream ${streamId}`);
  }
}

/** No answer, or one that does not say what became of the append. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}
