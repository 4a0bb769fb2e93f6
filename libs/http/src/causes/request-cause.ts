import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Clock, uuid5, uuid7 } from '@tillroll/kernel';
import type { Cause } from '@tillroll/processing';
import type { FastifyRequest } from 'fastify';
import type { RoutePlan } from '../routes/route-plan';
import { requestOf } from '../routes/request-of';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every write. */
    cause: Cause | undefined;
  }
}

const CORRELATION_ID = /^[A-Za-z0-9._~:-]{1,128}$/;
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** The path as it was called, without the query. */
export const pathOf = ({ url }: FastifyRequest): string => {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
};

const actorOf = ({ caller }: FastifyRequest, isForAdmins: boolean): string =>
  caller === undefined ? 'anyone' : `${isForAdmins && caller.isAdmin ? 'admin' : 'customer'}:${caller.customerId}`;

/** Why the commands of a write are given. The same caller, method, path and idempotency key always give the same command id. */
export function causesOf(plan: RoutePlan, clock: Clock): (request: FastifyRequest) => Cause {
  const isForAdmins = Array.isArray(plan.access) && plan.access.includes('admin');
  return (request) => {
    const { caller } = request;
    const key = header(request, 'idempotency-key');
    const keyed = caller !== undefined && key !== undefined;
    const commandId = keyed ? uuid5('key', caller.customerId, request.method, pathOf(request), key) : uuid7(clock.now());
    const given = header(request, 'x-correlation-id');
    const traceparent = header(request, 'traceparent');
    const trace = traceparent === undefined ? undefined : TRACE_PARENT.exec(traceparent)?.[1];
    const correlationId = given !== undefined && CORRELATION_ID.test(given) ? given : (trace ?? (keyed ? uuid7(clock.now()) : commandId));
    return {
      commandId,
      correlationId,
      causationId: commandId,
      actor: actorOf(request, isForAdmins),
      ...(trace === undefined || traceparent === undefined ? {} : { traceparent }),
      ...(keyed ? { keyed: true as const } : {}),
    };
  };
}

/** The `Cause` for the commands of this request. Writes only. */
export const RequestCause = createParamDecorator(
  (_: unknown, context: ExecutionContext): Cause | undefined => requestOf(context).cause,
);
