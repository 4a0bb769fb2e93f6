import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { RequestMethod, type Type } from '@nestjs/common';
import { EventFeedModule } from '@tillroll/event-bus/http/event-feed.module';
import { isWrite, marksOf } from '@tillroll/http/routes/route-marks';
import { cartContext } from '@tillroll/service/contexts/cart';
import { customerContext } from '@tillroll/service/contexts/customer';
import { inventoryContext } from '@tillroll/service/contexts/inventory';
import { orderContext } from '@tillroll/service/contexts/order';
import { paymentContext } from '@tillroll/service/contexts/payment';
import { type ApiDocument, publicRoutes } from './public-routes';

const document = JSON.parse(readFileSync(resolve(__dirname, '../../../docs/openapi.json'), 'utf8')) as ApiDocument;

/** The modules of each service process. */
const modules: Readonly<Record<string, readonly Type[]>> = {
  customer: [customerContext.module],
  inventory: [inventoryContext.module],
  cart: [cartContext.module],
  order: [orderContext.module, EventFeedModule],
  payment: [paymentContext.module],
};

interface Answered {
  readonly service: string;
  readonly limit: string | undefined;
  readonly access: unknown;
  readonly isWrite: boolean;
}

/** What the controllers of the services answer, by method and path. */
function answered(): ReadonlyMap<string, Answered> {
  const found = new Map<string, Answered>();
  for (const [service, ofService] of Object.entries(modules))
    for (const module of ofService)
      for (const controller of (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as readonly Type<object>[]) {
        const base = String(Reflect.getMetadata(PATH_METADATA, controller) ?? '');
        for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(controller.prototype as object))) {
          if (typeof value !== 'function' || name === 'constructor' || !Reflect.hasMetadata(METHOD_METADATA, value)) continue;
          const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, value) as number] ?? '';
          const path = String(Reflect.getMetadata(PATH_METADATA, value) ?? '');
          const url = `/v1/${base}/${path}`.replace(/\/+/g, '/').replace(/\/$/, '');
          const marks = marksOf(controller, value);
          found.set(`${method} ${url}`, { service, limit: marks.limit, access: marks.access, isWrite: isWrite(method, marks) });
        }
      }
  return found;
}

describe('the routes of the gateway', () => {
  const routes = publicRoutes(document);
  const known = answered();

  it.each(routes.map((route) => [`${route.method} ${route.url}`, route] as const))('%s leads to the service that answers it', (name, { service }) => {
    expect(known.get(name)?.service).toBe(service);
  });

  it('are all that the services answer', () => expect(routes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([...known.keys()].sort()));

  it.each(routes.map((route) => [`${route.method} ${route.url}`, route] as const))('%s is limited as the service would limit it, and open to the same callers', (name, { plan, isWrite: writes }) => {
    const { limit, access, isWrite: isWriteThere } = known.get(name) ?? {};
    expect(plan.limit).toBe(limit);
    // Roles are asked for by the services, which know them.
    expect(plan.access).toEqual(Array.isArray(access) ? undefined : access);
    if (limit === undefined) expect(writes).toBe(isWriteThere);
  });
});
