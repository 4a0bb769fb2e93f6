import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { BusEvent, EventBus } from '../port';

/** How an `@EventPattern` method says which durable consumer it belongs to: `@EventPattern(type, { consumer: 'order.payments' })`. */
export interface ConsumerExtras {
  readonly consumer: string;
}

/**
 * Nest's transport over the {@link EventBus}: the `@EventPattern` methods that name the same consumer are one durable
 * consumer; one type may go to many consumers. A method resolves when its effect is durable, and rejects to be called again.
 * Nest's own exception filter hides what a method threw: connect with `connectEventBus`, or add {@link HandErrorsToTheBus}.
 */
export class EventBusServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumers = new Map<string, Map<string, MessageHandler>>();

  constructor(private readonly bus: EventBus) {
    super();
  }

  /** Refuses with a `TypeError` what cannot be a consumer's event. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const { consumer } = extras;
    if (typeof pattern !== 'string' || !isEventHandler) throw new TypeError(`only events by their full type come over the bus, not ${JSON.stringify(pattern)}`);
    if (typeof consumer !== 'string' || consumer === '') throw new TypeError(`the handler of ${pattern} names no consumer`);
    const handlers = this.consumers.get(consumer) ?? new Map<string, MessageHandler>();
    if (handlers.has(pattern)) throw new TypeError(`the consumer ${consumer} handles ${pattern} twice`);
    this.consumers.set(consumer, handlers.set(pattern, callback));
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      for (const [name, handlers] of this.consumers)
        this.bus.register({ name, types: [...handlers.keys()], handle: (event) => call(handlers.get(event.type), event) });
    } catch (error) {
      callback(error);
      return;
    }
    this.bus.start().then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.bus.stop();
  }

  on(event: string): never {
    throw new TypeError(`the event bus has no listeners for ${event}`);
  }

  unwrap<T>(): T {
    return this.bus as T;
  }
}

async function call(handler: MessageHandler | undefined, event: BusEvent): Promise<void> {
  const answer: unknown = await handler?.(event);
  if (isObservable(answer)) await lastValueFrom(answer, { defaultValue: undefined });
}
