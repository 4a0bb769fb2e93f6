import { DomainError } from '@tillroll/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../causes/request-cause';
import type { RouteTable } from '../routes/route-table';

/** Requests without a route: `OPTIONS` tells the methods of a path, another method is not allowed there, or there is no such path. */
export function otherMethods(table: RouteTable) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const methods = table.methodsOf(pathOf(request));
    if (methods.length === 0) throw new DomainError('not_found');
    const allow = [...methods, 'OPTIONS'];
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow.join(', ')).send();
    throw new DomainError('method_not_allowed', { allow });
  };
}
