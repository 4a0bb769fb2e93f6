import { Inject, Injectable } from '@nestjs/common';
import { createTranslator } from '@tillroll/event-bus';
import { EVENT_STORE, type EventStore, type RecordedEvent } from '@tillroll/event-store';
import type { ServerSentEvent } from '@tillroll/http';
import type { EpochMs } from '@tillroll/kernel';
import type { Loaded } from '@tillroll/processing';
import { PERSONAL_DATA, type PersonalData, withReadableTexts } from '@tillroll/secrets';
import { orderType } from '../order-types';
import { orderPublications } from '../public';
import { order } from '../write/order';
import type { OrderEvent } from '../write/order-events';
import { isPlaced, type Order } from '../write/order-state';

const NOT_YET = -1;

type Sent = ServerSentEvent & { readonly data: object };

/** The order's own stream: as it was at a time, and as it goes on. */
@Injectable()
export class OrderHistory {
  private readonly translate = createTranslator([orderPublications]);

  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  /** The order as it was right after a revision; nothing at a revision that is still to come. */
  async atRevision(orderId: string, revision: number): Promise<Loaded<Order>> {
    const then = await this.foldWhile(orderId, (event) => event.revision <= revision);
    return then.revision === revision ? then : { state: order.initialState, revision: NOT_YET };
  }

  /** The order as it was at a time. */
  atTime(orderId: string, at: EpochMs): Promise<Loaded<Order>> {
    return this.foldWhile(orderId, (event) => timeOf(event) <= at);
  }

  /** The order's public events after a revision (left out: those still to come), each with the status it led to. */
  async *follow(orderId: string, afterRevision: number | undefined, signal: AbortSignal): AsyncIterable<ServerSentEvent> {
    const streamId = `${orderType.name}-${orderId}`;
    const head = await this.store.head();
    let state = order.initialState;
    let revision = NOT_YET;
    const advance = (event: RecordedEvent) => {
      if (event.revision <= revision) return undefined;
      state = order.evolve(state, toOrderEvent(event));
      revision = event.revision;
      return this.serverSent(event, state);
    };
    for await (const page of this.store.readStream(streamId))
      for (const event of page) {
        const sent = advance(event);
        if (sent !== undefined && afterRevision !== undefined && event.revision > afterRevision) yield this.readable(sent, state);
      }
    for await (const page of this.store.subscribe({ after: head, prefixes: [streamId], signal }))
      for (const event of page.events) {
        const sent = advance(event);
        if (sent !== undefined) yield this.readable(sent, state);
      }
  }

  private async readable(sent: Sent, state: Order): Promise<Sent> {
    return isPlaced(state) ? { ...sent, data: await withReadableTexts(this.personalData, state.customerId, sent.data) } : sent;
  }

  private serverSent(event: RecordedEvent, state: Order): Sent | undefined {
    const told = this.translate(event);
    if (told?.visibility !== 'public') return undefined;
    const { address: _, ...data } = told.data;
    return { id: String(event.revision), event: told.type, data: { type: told.type, time: told.time, ...data, status: state.status } };
  }

  private async foldWhile(orderId: string, includes: (event: RecordedEvent) => boolean): Promise<Loaded<Order>> {
    let state = order.initialState;
    let revision = NOT_YET;
    for await (const page of this.store.readStream(`${orderType.name}-${orderId}`))
      for (const event of page) {
        if (!includes(event)) return { state, revision };
        state = order.evolve(state, toOrderEvent(event));
        revision = event.revision;
      }
    return { state, revision };
  }
}

/** An order is there from the time on that it shows as its placing, which is a moment before that was written. */
const timeOf = ({ type, data, metadata }: RecordedEvent): EpochMs => Date.parse(type === 'OrderPlaced' ? String(data['placedAt']) : metadata.time);

const toOrderEvent = (event: RecordedEvent): OrderEvent => ({ ...event.data, type: event.type }) as OrderEvent;
