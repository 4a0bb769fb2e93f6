import type { ExecutionContext } from '@nestjs/common';
import {
  CUSTOM_ROUTE_ARGS_METADATA,
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PIPES_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
  SSE_METADATA,
} from '@nestjs/common/internal';
import { RequestMethod } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host';
import type { FastifyReply, FastifyRequest } from 'fastify';

export type Handler = (request: FastifyRequest, reply: FastifyReply) => void;
type Fail = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;
type Controller = abstract new (...args: never[]) => object;
type Argument = (request: FastifyRequest, reply: FastifyReply, context: () => ExecutionContext) => unknown;
type Values = Readonly<Record<string, unknown>>;

interface Declared {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  readonly schema?: unknown;
  readonly factory?: (data: unknown, context: ExecutionContext) => unknown;
}

/** What only Nest itself can do. */
const OF_NEST = [GUARDS_METADATA, PIPES_METADATA, INTERCEPTORS_METADATA, EXCEPTION_FILTERS_METADATA, REDIRECT_METADATA, RENDER_METADATA, SSE_METADATA];

function argumentOf(key: string, { data, pipes = [], schema, factory }: Declared): Argument | undefined {
  if (pipes.length > 0 || schema !== undefined) return undefined;
  if (key.includes(CUSTOM_ROUTE_ARGS_METADATA)) return factory === undefined ? undefined : (_request, _reply, context) => factory(data, context());
  const field = typeof data === 'string' ? data : undefined;
  const pick = (of: (request: FastifyRequest) => unknown): Argument =>
    field === undefined ? (request) => of(request) : (request) => (of(request) as Values)[field];
  const kind: RouteParamtypes = Number(key.split(':')[0]);
  switch (kind) {
    case RouteParamtypes.REQUEST:
      return (request) => request;
    case RouteParamtypes.RESPONSE:
      return (_request, reply) => reply;
    case RouteParamtypes.BODY:
      return field === undefined ? (request) => request.body : undefined;
    case RouteParamtypes.QUERY:
      return pick((request) => request.query);
    case RouteParamtypes.PARAM:
      return pick((request) => request.params);
    case RouteParamtypes.HEADERS:
      return field === undefined ? (request) => request.headers : (request) => request.headers[field.toLowerCase()];
    default:
      return undefined;
  }
}

/** In the order of the method's parameters; undefined when one of them is for Nest to find. */
function argumentsOf(controller: Controller, methodName: string): readonly Argument[] | undefined {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) as Readonly<Record<string, Declared>> | undefined) ?? {};
  const found: Argument[] = [];
  for (const [key, one] of Object.entries(declared)) {
    const argument = argumentOf(key, one);
    if (argument === undefined) return undefined;
    found[one.index] = argument;
  }
  return Array.from(found, (argument) => argument ?? (() => undefined));
}

function headersOf(method: object): Readonly<Record<string, string>> | undefined {
  const declared = (Reflect.getMetadata(HEADERS_METADATA, method) as readonly { readonly name: string; readonly value: unknown }[] | undefined) ?? [];
  if (!declared.every(({ value }) => typeof value === 'string')) return undefined;
  return Object.fromEntries(declared.map(({ name, value }) => [name, value as string]));
}

const statusOf = (method: object): number =>
  (Reflect.getMetadata(HTTP_CODE_METADATA, method) as number | undefined) ?? (Reflect.getMetadata(METHOD_METADATA, method) === RequestMethod.POST ? 201 : 200);

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/**
 * A handler that calls the controller's method as Nest would, without Nest's way to it (four promises and a dozen
 * objects for each request). Undefined when the method wants something that only Nest can do: a guard, a pipe, an
 * interceptor, a filter, a redirect, a view, an event stream of Nest's.
 */
export function directHandler(instance: object, controller: Controller, methodName: string, fail: Fail): Handler | undefined {
  const method: unknown = (instance as Values)[methodName];
  if (typeof method !== 'function' || OF_NEST.some((key) => Reflect.hasMetadata(key, controller) || Reflect.hasMetadata(key, method))) return undefined;
  const declared = argumentsOf(controller, methodName);
  const headers = headersOf(method);
  if (declared === undefined || headers === undefined) return undefined;
  const call = method as (...args: readonly unknown[]) => unknown;
  const count = declared.length;
  const status = statusOf(method);
  const hasHeaders = Object.keys(headers).length > 0;
  const takesReply = Object.keys((Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) as object | undefined) ?? {}).some((key) =>
    key.startsWith(`${RouteParamtypes.RESPONSE}:`),
  );
  const answersItself = takesReply && Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, methodName) !== true;

  return (request, reply) => {
    try {
      if (status !== 200) reply.code(status);
      if (hasHeaders) reply.headers(headers);
      let context: ExecutionContext | undefined;
      const contextOf = () => (context ??= new ExecutionContextHost([request, reply], controller as never, method));
      const args = new Array<unknown>(count);
      for (let i = 0; i < count; i++) args[i] = declared[i]?.(request, reply, contextOf);
      const result = call.apply(instance, args);
      if (isPromise(result)) {
        result.then(answersItself ? undefined : (value) => void reply.send(value)).catch((error: unknown) => fail(error, request, reply));
      } else if (!answersItself) void reply.send(result);
    } catch (error) {
      fail(error, request, reply);
    }
  };
}
