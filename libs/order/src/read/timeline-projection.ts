import { cart, type EventContract, inventory, order, payment } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';
import type { DocumentChange, Projection } from '@tillroll/read-models';

/** Something that happened to an order, in whatever context. */
export interface TimelineEntry {
  readonly type: string;
  readonly time: string;
  readonly actor: string;
  readonly causationId: string;
  readonly eventId: string;
  readonly subject: string;
  readonly sequence: number;
  readonly position: number;
  readonly [detail: string]: unknown;
}

export type Timeline = { readonly orderId: string; readonly entries: readonly TimelineEntry[] };

export const TIMELINES = 'order.timelines';

/** What explains an entry; never personal data, and nothing that the order itself shows. */
const DETAILS = ['productId', 'quantity', 'requested', 'available', 'paymentId', 'refundId', 'amount', 'status', 'reasonCode', 'code', 'reason', 'note', 'by', 'tracking'];

const told: readonly EventContract[] = [...Object.values(order), ...Object.values(payment), ...Object.values(inventory), ...Object.values(cart)].filter(
  (contract) => contract.visibility === 'public' && 'orderId' in contract.data.properties,
);

const entering =
  (name: string) =>
  (event: BusEvent): readonly DocumentChange<Timeline>[] => {
    const data = event.data as Readonly<Record<string, unknown>> & { readonly orderId: string };
    const entry: Record<string, unknown> = {
      type: name,
      time: event.time,
      actor: event.actor,
      causationId: event.causationId,
      eventId: event.id,
      subject: event.subject,
      sequence: event.sequence,
      position: event.position,
    };
    for (const detail of DETAILS) if (data[detail] !== undefined) entry[detail] = data[detail];
    return [{ id: data.orderId, change: (before) => ({ orderId: data.orderId, entries: [...(before?.entries ?? []), entry as unknown as TimelineEntry] }) }];
  };

export const timelineProjection: Projection<Timeline> = {
  name: TIMELINES,
  version: 1,
  indexes: [],
  on: Object.fromEntries(told.map(({ type, name }) => [type, entering(name)])),
};
