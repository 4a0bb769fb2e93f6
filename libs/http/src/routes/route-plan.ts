import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { HEADERS_METADATA, METHOD_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import type { DtoClass } from '../fields/fields';
import { pageOf } from '../pages/page';
import { type Handler, directHandler } from './direct-handler';
import { productIdIn, uuidIn } from './path-ids';
import { type RouteMarks, marksOf } from './route-marks';

/** Everything that is known about a route before it is ever called. */
export interface RoutePlan extends RouteMarks {
  /** `ControllerName.method`. */
  readonly name: string;
  /** The class of its body; undefined: the route has none. */
  readonly body: DtoClass | undefined;
  /** The class of all its query parameters. */
  readonly query: DtoClass | undefined;
  /** It answers with a page for people (`@Header('content-type', 'text/html…')`). */
  readonly isPage: boolean;
  /** It reads `limit` and `cursor`. */
  readonly isPaged: boolean;
  /** Its path parameters of which more is known than that they are text. */
  readonly pathIds: Readonly<Record<string, 'uuid' | 'product-id'>>;
  /** Query parameters that it reads one by one. */
  readonly queryParameters: readonly string[];
  /** Those of them that it takes as text. */
  readonly queryTexts: readonly string[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on the routes of controllers. */
    plan?: RoutePlan;
  }
}

type Controller = abstract new (...args: never[]) => object;

interface Argument {
  readonly index: number;
  readonly data?: unknown;
  /** Of our own parameter decorators. */
  readonly factory?: unknown;
}

const isPage = (method: object): boolean => {
  const headers = (Reflect.getMetadata(HEADERS_METADATA, method) as readonly { readonly name: string; readonly value: unknown }[] | undefined) ?? [];
  return headers.some(({ name, value }) => name.toLowerCase() === 'content-type' && String(value).startsWith('text/html'));
};

const isDtoClass = (type: unknown): type is DtoClass => typeof type === 'function' && type !== Object && type !== String && type !== Number && type !== Boolean && type !== Array;

function pathIdsOf(declared: readonly Argument[]): RoutePlan['pathIds'] {
  const ids: Record<string, 'uuid' | 'product-id'> = {};
  for (const { factory, data = 'id' } of declared) {
    if (factory === uuidIn) ids[String(data)] = 'uuid';
    if (factory === productIdIn) ids[String(data)] = 'product-id';
  }
  return ids;
}

/** What the decorators of a controller's method say. Throws a `TypeError` for a body without a class: it could not be checked. */
function planRoute(controller: Controller, methodName: string, method: object): RoutePlan {
  const name = `${controller.name}.${methodName}`;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, methodName) as readonly unknown[] | undefined) ?? [];
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) as Readonly<Record<string, Argument>> | undefined) ?? {};
  const argumentsOf = (kind: RouteParamtypes) =>
    Object.entries(declared)
      .filter(([key]) => key.startsWith(`${kind}:`))
      .map(([, { index, data }]) => ({ type: types[index], field: typeof data === 'string' ? data : undefined }));

  const bodies = argumentsOf(RouteParamtypes.BODY);
  for (const { type, field } of bodies)
    if (field !== undefined || !isDtoClass(type)) throw new TypeError(`${name}: its @Body() needs a class with field decorators, imported as a value`);
  const queries = argumentsOf(RouteParamtypes.QUERY);
  const wholeQuery = queries.find(({ field }) => field === undefined)?.type;

  return {
    ...marksOf(controller, method),
    name,
    body: bodies[0]?.type as DtoClass | undefined,
    isPage: isPage(method),
    isPaged: Object.values(declared).some(({ factory }) => factory === pageOf),
    pathIds: pathIdsOf(Object.values(declared)),
    query: isDtoClass(wholeQuery) ? wholeQuery : undefined,
    queryParameters: queries.flatMap(({ field }) => field ?? []),
    queryTexts: queries.filter(({ type }) => type === String).flatMap(({ field }) => field ?? []),
  };
}

const planned = new WeakMap<object, Map<string, RoutePlan>>();

/**
 * Plans every route of an application's controllers; Nest tells the server when it registers them. Returns, by
 * the names of their plans, the methods that can be called directly.
 */
export function planRoutes(app: INestApplicationContext, fail: Parameters<typeof directHandler>[3]): ReadonlyMap<string, Handler> {
  const plans = new Map<string, RoutePlan>();
  const handlers = new Map<string, Handler>();
  for (const module of app.get(ModulesContainer).values())
    for (const wrapper of module.controllers.values()) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function') continue;
      for (const { plan, methodName } of planController(metatype as Controller)) {
        plans.set(plan.name, plan);
        const handler = wrapper.isDependencyTreeStatic() ? directHandler(wrapper.instance, metatype as Controller, methodName, fail) : undefined;
        if (handler !== undefined) handlers.set(plan.name, handler);
      }
    }
  planned.set(app, plans);
  return handlers;
}

/** The plans of an application's routes by their names. */
export const plansOf = (app: INestApplicationContext): ReadonlyMap<string, RoutePlan> => planned.get(app) ?? new Map<string, RoutePlan>();

/** Plans every route of a controller and attaches the plan where the server finds it: in the route's `config.plan`. */
function planController(controller: Controller): readonly { readonly plan: RoutePlan; readonly methodName: string }[] {
  const prototype = controller.prototype as object;
  const plans: { readonly plan: RoutePlan; readonly methodName: string }[] = [];
  for (let host = prototype; host !== Object.prototype; host = Object.getPrototypeOf(host) as object) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(host))) {
      const method: unknown = descriptor.value;
      if (typeof method !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, method)) continue;
      const plan = planRoute(controller, name, method);
      RouteConfig({ plan })(host, name, descriptor);
      plans.push({ plan, methodName: name });
    }
  }
  return plans;
}
