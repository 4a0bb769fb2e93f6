import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Settings } from '@tillroll/settings';
import type { FastifyError, FastifyReply } from 'fastify';
import { problemOfError } from '../problems/problem-of-error';
import { PROBLEM_TYPE } from '../problems/send-problem';
import { answerBrokenConnection } from './broken-connections';

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

/**
 * The server, before it has any routes. Whoever is slow is let go: 10 s for the headers, 30 s for a request,
 * 60 s without a byte in either direction.
 */
export function createHttpAdapter({ trustProxy }: Pick<Settings, 'trustProxy'>): FastifyAdapter {
  return new EdgeAdapter({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: trustProxy === 0 ? false : (_address: string, hop: number) => hop < trustProxy,
    requestIdHeader: false,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 65_000,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: { headersTimeout: 10_000, maxHeaderSize: 16 * KIB, connectionsCheckingInterval: 2_000, insecureHTTPParser: false },
    routerOptions: { maxParamLength: 300 },
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
