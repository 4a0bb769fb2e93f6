import type { RouteOptions } from 'fastify';
import type { Handler } from '../routes/direct-handler';

/** Replaces Nest's handler of a route by the direct one, where there is one. */
export function callDirectly(route: RouteOptions, handlers: ReadonlyMap<string, Handler>): void {
  const handler = handlers.get(route.config?.plan?.name ?? '');
  if (handler === undefined) return;
  if (!route.url.includes(':')) {
    route.handler = handler;
    return;
  }
  // The router takes nothing for a parameter, as in `/orders//cancel`: there is no such path.
  route.handler = (request, reply) => {
    const params = request.params as Readonly<Record<string, string>>;
    for (const name in params) if (params[name] === '') return void reply.callNotFound();
    handler(request, reply);
  };
}
