import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Cause } from '@tillroll/processing';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    cause: Cause | undefined;
  }
}

/** The `Cause` for the commands of this request. */
export const RequestCause = createParamDecorator(
  (_: unknown, context: ExecutionContext): Cause | undefined => context.switchToHttp().getRequest<FastifyRequest>().cause,
);
