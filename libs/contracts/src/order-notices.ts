import Type from 'typebox';
import { contractsOf } from './event-contract';
import { count, text, timestamp, uuid } from './fields';

const { internalEvent } = contractsOf('order');

const delivery = { deliveryId: uuid };
const attempted = { ...delivery, reason: text, responseStatus: Type.Optional(count), failures: count };

export const EndpointRegistered = internalEvent('endpoint-registered', 'A webhook endpoint wants events of these types from after a position of the log.', {
  endpointId: uuid, url: text, types: Type.Array(text), after: count,
});
export const EndpointRemoved = internalEvent('endpoint-removed', 'A webhook endpoint wants no more.', { endpointId: uuid });

export const DeliveryScheduled = internalEvent('delivery-scheduled', 'Somebody outside is to be told of an event. Unless the attempt that begins now says otherwise, the next one is due at that time.', {
  ...delivery, channel: Type.Union([Type.Literal('webhook'), Type.Literal('mail')]), recipient: uuid, eventId: uuid, eventType: text, correlationId: text,
  content: Type.Record(text, Type.Unknown()), nextAttemptAt: timestamp,
});
export const DeliveryAttemptBegun = internalEvent('delivery-attempt-begun', 'It is tried again now.', { ...delivery, nextAttemptAt: timestamp });
export const DeliveryAttemptFailed = internalEvent('delivery-attempt-failed', 'It was not taken; it is tried again.', { ...attempted, nextAttemptAt: timestamp });
export const DeliverySucceeded = internalEvent('delivery-succeeded', 'It was taken.', { ...delivery, responseStatus: Type.Optional(count) });
export const DeliveryFailed = internalEvent('delivery-failed', 'It was not taken, and is not tried again by itself.', attempted);
export const DeliveryRetryRequested = internalEvent('delivery-retry-requested', 'An admin wants it tried again.', { ...delivery, nextAttemptAt: timestamp });
