import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Problem, problem } from '../problems/problem';

const problemOf = (code: string | undefined): Problem => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return problem('headers_too_large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('request_timeout');
    default:
      return problem('validation_failed', { errors: [{ pointer: '', code: 'malformed', message: 'this is not HTTP' }] });
  }
};

/** Node keeps the answer that is being sent here; an answer of ours in its middle would look like a part of it. */
export interface HttpSocket extends Duplex {
  readonly bytesRead?: number;
  readonly _httpMessage?: ServerResponse | null;
}

/** Answers bytes that are no HTTP request, or come too slowly, and closes the connection. */
export function answerBrokenConnection(error: Error & { readonly code?: string }, socket: HttpSocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const { status, body } = problemOf(error.code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
