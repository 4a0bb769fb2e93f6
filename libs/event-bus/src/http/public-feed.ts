import { Inject, Injectable } from '@nestjs/common';
import { EVENT_STORE, type EventStore, type RecordedEvent } from '@tillroll/event-store';
import { TRANSLATOR, type Translator } from '../translate';
import { type CloudEvent, toCloudEvent } from './cloud-event';

export interface FeedPage {
  readonly events: readonly CloudEvent[];
  /** Where to go on. */
  readonly position: number;
}

export interface FedEvent {
  readonly event: CloudEvent;
  readonly position: number;
}

/** A page that has something is not kept waiting for more than so many events of the log. */
const ENOUGH_LOOKED_AT = 10_000;

/** The public events in the order of the log, of one context or of all. */
@Injectable()
export class PublicFeed {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(TRANSLATOR) private readonly translator: Translator,
  ) {}

  /** The position of the last event there is. */
  head(): Promise<number> {
    return this.store.head();
  }

  /** At most `limit` events after a position. None only when there is none up to the present end of the log. */
  async page(after: number, limit: number, context?: string): Promise<FeedPage> {
    const events: CloudEvent[] = [];
    let lookedAt = 0;
    let position = after;
    for await (const page of this.store.readAll({ after, ...this.streamsOf(context) })) {
      for (const stored of page.events) {
        const event = this.published(stored, context);
        if (event === undefined) continue;
        events.push(event);
        if (events.length === limit) return { events, position: stored.position };
      }
      position = Math.max(position, page.position);
      lookedAt += page.events.length;
      if (events.length > 0 && lookedAt > ENOUGH_LOOKED_AT) break;
    }
    return { events, position };
  }

  /** The events after a position, and then those that happen, until the signal aborts. */
  async *follow(after: number, signal: AbortSignal, context?: string): AsyncIterable<FedEvent> {
    for await (const page of this.store.subscribe({ after, signal, ...this.streamsOf(context) }))
      for (const stored of page.events) {
        const event = this.published(stored, context);
        if (event !== undefined) yield { event, position: stored.position };
      }
  }

  private streamsOf(context: string | undefined): { readonly prefixes?: readonly string[] } {
    return context === undefined ? {} : { prefixes: this.translator.contexts.get(context) ?? [] };
  }

  private published(stored: RecordedEvent, context: string | undefined): CloudEvent | undefined {
    const event = this.translator(stored);
    return event?.visibility === 'public' && (context === undefined || event.context === context) ? toCloudEvent(event) : undefined;
  }
}
