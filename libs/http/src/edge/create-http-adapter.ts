import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Settings } from '@tillroll/settings';
import type { FastifyError, FastifyReply } from 'fastify';
import { problemOfError } from '../problems/problem-of-error';
import { PROBLEM_TYPE } from '../problems/send-problem';
import { answerBrokenConnection } from './broken-connections';
import { readQuery } from './read-query';

const KIB = 1024;

/** The largest body, in bytes. */
export const BODY_LIMIT = 100 * KIB;

/** Errors and paths without a route are answered by the edge, not by Nest, and bodies are read by it. */
class EdgeAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.getInstance();
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.getInstance();
  }

  override registerParserMiddleware(): void {}
}

/** How long the server waits for somebody who is slow, in milliseconds. */
export interface Patience {
  readonly headers: number;
  readonly request: number;
  /** Without a byte in either direction. */
  readonly silence: number;
  /** How often it looks. */
  readonly look: number;
}

const PATIENCE: Patience = { headers: 10_000, request: 30_000, silence: 60_000, look: 2_000 };

/** The server, before it has any routes. */
export function createHttpAdapter({ trustProxy }: Pick<Settings, 'trustProxy'>, patience: Patience = PATIENCE): FastifyAdapter {
  return new EdgeAdapter({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: trustProxy === 0 ? false : (_address: string, hop: number) => hop < trustProxy,
    requestIdHeader: false,
    requestTimeout: patience.request,
    connectionTimeout: patience.silence,
    keepAliveTimeout: 65_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: { headersTimeout: patience.headers, maxHeaderSize: 16 * KIB, connectionsCheckingInterval: patience.look, insecureHTTPParser: false, requireHostHeader: false },
    routerOptions: { maxParamLength: 300, querystringParser: readQuery },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerBrokenConnection,
    skipMiddie: true,
    multipart: false,
  });
}

/** Errors from before a route is found. */
function answerFrameworkError(error: FastifyError, _request: unknown, reply: unknown): void {
  const { status, headers, body } = problemOfError(error);
  void (reply as FastifyReply).code(status).headers(headers).header('content-type', PROBLEM_TYPE).send(body);
}
