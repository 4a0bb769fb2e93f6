import type { INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { NestMicroservice } from '@nestjs/microservices';
import { ListenerMetadataExplorer } from '@nestjs/microservices/listener-metadata-explorer';
import type { EventBus } from '../port';
import { EventBusServer } from './event-bus-server';
import { HandErrorsToTheBus } from './hand-errors-to-the-bus';

/**
 * Makes the `@EventPattern` methods of the application's controllers the consumers of the bus. They begin to be called
 * with `app.startAllMicroservices()`, and `app.close()` stops and drains the bus. Throws a `TypeError` that names the
 * methods that belong to no consumer.
 */
export function connectEventBus(app: INestApplication, bus: EventBus): void {
  const homeless = methodsWithoutConsumer(app.get(ModulesContainer));
  if (homeless.length > 0)
    throw new TypeError(`these event handlers name no consumer; write @EventPattern(type, { consumer: '…' }): ${homeless.join(', ')}`);
  const microservice = app.connectMicroservice({ strategy: new EventBusServer(bus) }, { deferInitialization: true });
  if (!(microservice instanceof NestMicroservice)) throw new TypeError('this version of Nest connects microservices in another way');
  microservice.useGlobalFilters(new HandErrorsToTheBus());
  // What connectMicroservice does when it is not deferred; filters are only seen by handlers that are registered after them.
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
}

function methodsWithoutConsumer(modules: ModulesContainer): readonly string[] {
  const explorer = new ListenerMetadataExplorer(new MetadataScanner());
  return [...modules.values()].flatMap(({ controllers }) =>
    [...controllers.values()].flatMap(({ instance, name }) =>
      explorer
        .explore(instance)
        .filter(({ isEventHandler, extras }) => isEventHandler && typeof extras?.['consumer'] !== 'string')
        .map(({ methodKey, patterns }) => `${String(name)}.${methodKey} (${patterns.map(String).join(', ')})`),
    ),
  );
}
