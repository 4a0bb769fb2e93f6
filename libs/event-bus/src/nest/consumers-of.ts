import type { Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';
import { ListenerMetadataExplorer } from '@nestjs/microservices/listener-metadata-explorer';

/** The consumers that the `@EventPattern` methods of modules make, and the event types of each, without starting anything. */
export function consumersOf(modules: readonly Type[]): ReadonlyMap<string, readonly string[]> {
  const explorer = new ListenerMetadataExplorer(new MetadataScanner());
  const consumers = new Map<string, string[]>();
  for (const module of modules) {
    const controllers = (Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, module) ?? []) as readonly Type<object>[];
    for (const controller of controllers)
      for (const { isEventHandler, extras, patterns } of explorer.explore(Object.create(controller.prototype as object) as object)) {
        const consumer: unknown = extras?.['consumer'];
        if (isEventHandler && typeof consumer === 'string') consumers.set(consumer, [...(consumers.get(consumer) ?? []), ...patterns.map(String)]);
      }
  }
  return consumers;
}
