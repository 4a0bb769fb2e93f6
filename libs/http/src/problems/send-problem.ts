import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../logging/log';
import { problemOfError } from './problem-of-error';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Answers a request with the problem document of an error, and logs what was the shop's own fault. */
export function problemSender(log: Log) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, code, headers, body, fault } = problemOfError(error);
    request.problemCode = code;
    if (fault) log.error({ err: error, method: request.method, route: request.routeOptions.url, correlationId: request.cause?.correlationId, code }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply.code(status).headers(headers).header('content-type', PROBLEM_TYPE).send(body);
  };
}
