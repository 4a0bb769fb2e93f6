import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Clock, DomainError } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../limits/network-address';
import { rateLimited } from '../limits/rate-limits';
import type { OpenStreams } from './open-streams';

export interface ServerSentEvent {
  readonly id: string;
  readonly event?: string;
  /** Plain JSON. */
  readonly data: unknown;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Set by the edge: what `sendServerSentEvents` needs to know. */
    eventStreams: OpenStreams;
  }
}

/** Proxies drop connections on which nothing happens; many do so after 30 or 60 seconds. */
const HEARTBEAT_MS = 15_000;

/** A client that takes nothing for so long is gone, or wants the shop's memory. */
const STALLED_MS = 30_000;

const ONE_LINE = /[\r\n\u0000]/g;

function encode({ id, event, data }: ServerSentEvent): string {
  const name = event === undefined ? '' : `event: ${event.replace(ONE_LINE, ' ')}\n`;
  return `id: ${id.replace(ONE_LINE, ' ')}\n${name}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Answers with a stream of events until the source ends, the client leaves or the shop stops; the signal then aborts,
 * and the source must end. The source is asked for the next event only when the client has taken the one before, so
 * nothing piles up here. It resumes after `request.headers['last-event-id']` by itself.
 * Refuse before calling this: from here on the answer is 200.
 */
export async function sendServerSentEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>,
): Promise<void> {
  const streams = request.server.eventStreams;
  const stream = streams.add(request.caller?.customerId ?? networkOf(request.ip));
  if (stream === 'too_many') throw rateLimited(STALLED_MS);
  if (stream === 'full') throw new DomainError('service_unavailable');

  const { raw } = reply;
  reply.hijack();
  raw.on('error', () => stream.abort());
  raw.on('close', () => stream.abort());
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    // Else the stop of the shop waits for the client's idle connection after the stream has ended.
    connection: 'close',
  });
  if (request.method === 'HEAD') {
    streams.delete(stream);
    raw.end();
    return;
  }
  const stopHeartbeat = every(streams.clock, HEARTBEAT_MS, () => raw.writableNeedDrain || raw.write(': still here\n\n'));
  try {
    raw.write('retry: 1000\n\n');
    for await (const event of source(stream.signal)) {
      if (stream.signal.aborted) break;
      if (!raw.write(encode(event))) await drained(raw, stream.signal, streams.clock);
    }
  } catch (error) {
    if (!stream.signal.aborted) streams.onFailure(error);
  } finally {
    stopHeartbeat();
    streams.delete(stream);
    stream.abort();
    raw.end();
  }
}

function every(clock: Clock, ms: number, act: () => void): () => void {
  let cancel: () => void;
  const arm = (): void => {
    cancel = clock.wakeAt(clock.now() + ms, () => {
      act();
      arm();
    });
  };
  arm();
  return () => cancel();
}

async function drained(raw: ServerResponse, signal: AbortSignal, clock: Clock): Promise<void> {
  const stalled = new AbortController();
  const cancel = clock.wakeAt(clock.now() + STALLED_MS, () => stalled.abort());
  try {
    await once(raw, 'drain', { signal: AbortSignal.any([signal, stalled.signal]) });
  } catch (error) {
    if (!stalled.signal.aborted) throw error;
    raw.destroy();
  } finally {
    cancel();
  }
}
