import { type DataOf, order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

export type DeliveryDocument = {
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly scheduledAt: string;
  /** Attempts whose outcome is known. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly responseStatus?: number;
  readonly reason?: string;
  readonly nextAttemptAt?: string;
  readonly position: number;
};

export const DELIVERIES = 'order.webhook-deliveries';

type Change = (before: DeliveryDocument, event: BusEvent) => DeliveryDocument;

/** Deliveries by e-mail have no document here: theirs is never scheduled. */
const then =
  (change: Change) =>
  (event: BusEvent): readonly DocumentChange<DeliveryDocument>[] => [
    {
      id: (event.data as { readonly deliveryId: string }).deliveryId,
      change: (before) => (before === undefined ? undefined : change(before, event)),
    },
  ];

const scheduled = (event: BusEvent): readonly DocumentChange<DeliveryDocument>[] => {
  const { deliveryId, channel, recipient, eventId, eventType, nextAttemptAt } = event.data as DataOf<typeof order.DeliveryScheduled>;
  if (channel !== 'webhook') return [];
  const document = { deliveryId, endpointId: recipient, eventId, type: eventType, status: 'pending', attempts: 0, nextAttemptAt } as const;
  return [{ id: deliveryId, change: () => ({ ...document, scheduledAt: event.time, position: event.position }) }];
};

const due: Change = ({ ...before }, event) => {
  const { nextAttemptAt } = event.data as { readonly nextAttemptAt: string };
  return { ...before, status: 'pending', nextAttemptAt };
};

const attempted =
  (status: DeliveryDocument['status']): Change =>
  ({ responseStatus: _, reason: __, nextAttemptAt: ___, ...before }, event) => {
    const { responseStatus, reason, nextAttemptAt } = event.data as { responseStatus?: number; reason?: string; nextAttemptAt?: string };
    return {
      ...before,
      status,
      attempts: before.attempts + 1,
      ...(responseStatus === undefined ? {} : { responseStatus }),
      ...(reason === undefined ? {} : { reason }),
      ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    };
  };

export const deliveriesProjection: Projection<DeliveryDocument> = {
  name: DELIVERIES,
  version: 1,
  indexes: [{ fields: ['endpointId', 'position'] }],
  on: {
    [order.DeliveryScheduled.type]: scheduled,
    [order.DeliveryAttemptBegun.type]: then(due),
    [order.DeliveryRetryRequested.type]: then(due),
    [order.DeliveryAttemptFailed.type]: then(attempted('pending')),
    [order.DeliverySucceeded.type]: then(attempted('succeeded')),
    [order.DeliveryFailed.type]: then(attempted('failed')),
  },
};

export function shownDelivery({ position: _, ...delivery }: DeliveryDocument): Readonly<Record<string, unknown>> {
  return delivery;
}
