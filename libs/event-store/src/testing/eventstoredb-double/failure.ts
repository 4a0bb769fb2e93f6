import { Metadata, status } from '@grpc/grpc-js';

/** An error that ends a call at the client. */
export class Failure extends Error {
  readonly metadata = new Metadata();
  readonly details: string;

  /** The client knows some errors by the name `exception` in the trailers. */
  constructor(
    readonly code: status,
    message: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.details = message;
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, value);
  }
}

export const asFailure = (error: unknown): Failure => (error instanceof Failure ? error : new Failure(status.UNKNOWN, error instanceof Error ? error.message : String(error)));

export const streamDeleted = (stream: string): Failure => new Failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': stream });
