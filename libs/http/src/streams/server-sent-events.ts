import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ServerSentEvent {
  readonly id: string;
  readonly event?: string;
  /** Plain JSON. */
  readonly data: unknown;
}

/**
 * Answers with a stream of events until the source ends, the client leaves or the shop stops; the signal then aborts.
 * The source resumes after `request.headers['last-event-id']` by itself.
 */
export async function sendServerSentEvents(
  _request: FastifyRequest,
  _reply: FastifyReply,
  _source: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
): Promise<void> {}
