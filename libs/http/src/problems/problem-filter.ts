import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { problemSender } from './send-problem';

/** Hands what a controller throws to the one place that answers errors. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly send: ReturnType<typeof problemSender>) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    this.send(error, host.getArgByIndex<FastifyRequest>(0), host.getArgByIndex<FastifyReply>(1));
  }
}
