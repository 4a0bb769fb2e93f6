import type { BusEvent } from '@tillroll/event-bus';
import { type EpochMs, uuid5 } from '@tillroll/kernel';
import { noticeOf } from '../read/notice';
import type { Errand } from '../write/delivery';
import type { Endpoints } from '../write/endpoints';
import { wordFor } from './webhook-types';

/** Nobody wants a mail about what happened so long ago, when a consumer that was away goes through it. */
const NEWS_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** One for each endpoint that asked for such events before this one happened. */
export function webhookErrands(event: BusEvent, endpoints: Endpoints): readonly Errand[] {
  const errands: Errand[] = [];
  for (const { endpointId, types, after } of endpoints.values()) {
    const word = event.position > after ? wordFor(event.type, types) : undefined;
    if (word === undefined) continue;
    const { id, time, subject, sequence, correlationId, data } = event;
    errands.push({
      deliveryId: uuid5('webhook-delivery', endpointId, id),
      channel: 'webhook',
      recipient: endpointId,
      eventId: id,
      eventType: word,
      correlationId,
      content: { type: word, timestamp: time, subject, sequence, data },
    });
  }
  return errands;
}

/** The mail to the customer about the event, if there is to be one. */
export function mailErrand(event: BusEvent, now: EpochMs): Errand | undefined {
  const told = noticeOf(event);
  if (told === undefined || now - Date.parse(event.time) > NEWS_FOR_MS) return undefined;
  const { customerId, notice } = told;
  return {
    deliveryId: uuid5('mail-delivery', event.id),
    channel: 'mail',
    recipient: customerId,
    eventId: event.id,
    eventType: notice.type,
    correlationId: event.correlationId,
    content: notice,
  };
}
