import type { RoutePlan } from '@tillroll/http/routes/route-plan';
import type { ServiceName } from '@tillroll/settings';
import { serviceOf } from './service-of';

/** The parts of the OpenAPI document that say which routes there are. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

interface ApiOperation {
  readonly operationId?: string;
  /** An empty list: it asks for credentials of its own. An empty one among them: anyone may call it. */
  readonly security?: readonly object[];
}

/** A route of the API, as the gateway knows it: where it leads, who may call it, and how often. */
export interface PublicRoute {
  readonly method: string;
  /** As the router writes it. */
  readonly url: string;
  readonly service: ServiceName;
  readonly plan: RoutePlan;
  readonly isWrite: boolean;
}

/** Routes with credentials and limits of their own. */
const OWN_LIMITS: Readonly<Record<string, 'sign-in' | 'webhook'>> = {
  'POST /v1/sessions': 'sign-in',
  'POST /v1/webhooks/:provider': 'webhook',
};

/** They change nothing, whatever their method says. */
const READS: ReadonlySet<string> = new Set(['POST /v1/cart/check']);

/** Every route of the document under `/v1`. Throws a `TypeError` for one that no service answers. */
export function publicRoutes({ paths }: ApiDocument): readonly PublicRoute[] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, operations]) => Object.entries(operations).map(([method, operation]) => routeOf(method.toUpperCase(), path, operation)));
}

function routeOf(method: string, path: string, { operationId, security }: ApiOperation): PublicRoute {
  const service = serviceOf(method, path);
  if (service === undefined) throw new TypeError(`no service answers ${method} ${path}`);
  const url = path.replace(/\{([^}]+)\}/g, ':$1');
  const name = `${method} ${url}`;
  const limit = OWN_LIMITS[name];
  const access = limit !== undefined ? ({ access: 'own', limit } as const) : security?.some((one) => Object.keys(one).length === 0) === true ? ({ access: 'anyone' } as const) : {};
  return {
    method,
    url,
    service,
    isWrite: method !== 'GET' && !READS.has(name),
    plan: { ...access, name: operationId ?? name, body: undefined, query: undefined, isPage: false, isPaged: false, pathIds: {}, queryParameters: [], queryTexts: [] },
  };
}
