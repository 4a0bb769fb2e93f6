import { order } from '@tillroll/contracts';
import type { BusEvent } from '@tillroll/event-bus';

/** What a customer is told of an order. */
export interface Notice {
  readonly noticeId: string;
  /** The name of the public event, or `payment-returned`. */
  readonly type: NoticeType;
  readonly orderId: string;
  readonly time: string;
  readonly [detail: string]: unknown;
}

export type NoticeType =
  | 'order-confirmed'
  | 'payment-failed'
  | 'order-canceled'
  | 'order-expired'
  | 'order-processing'
  | 'order-shipped'
  | 'order-delivered'
  | 'payment-returned';

type Data = Readonly<Record<string, unknown>>;
type Telling = (data: Data) => { readonly type: NoticeType; readonly details?: Data } | undefined;

const only = (data: Data, ...fields: readonly string[]): Data =>
  Object.fromEntries(fields.filter((field) => data[field] !== undefined).map((field) => [field, data[field]]));

/** All of them are in the order's own stream, so that they are told in their order. */
const TELLINGS: Readonly<Record<string, Telling>> = {
  [order.OrderConfirmed.type]: (data) => ({ type: 'order-confirmed', details: only(data, 'paymentId', 'amount', 'paymentStatus') }),
  [order.OrderPaymentUpdated.type]: (data) =>
    data['status'] === 'failed'
      ? { type: 'payment-failed', details: { ...only(data, 'paymentId', 'reasonCode', 'retryable'), options: ['retry', 'cancel'] } }
      : undefined,
  [order.OrderCanceled.type]: (data) => ({ type: 'order-canceled', details: only(data, 'reason', 'by') }),
  [order.OrderExpired.type]: () => ({ type: 'order-expired' }),
  [order.OrderProcessing.type]: () => ({ type: 'order-processing' }),
  [order.OrderShipped.type]: (data) => ({ type: 'order-shipped', details: only(data, 'tracking') }),
  [order.OrderDelivered.type]: () => ({ type: 'order-delivered' }),
  [order.PaymentReturned.type]: (data) => ({ type: 'payment-returned', details: only(data, 'paymentId', 'amount') }),
};

/** The types of the events that a customer is told of. */
export const noticeEventTypes: readonly string[] = Object.keys(TELLINGS);

/** What the customer is told of the event, and who that is; undefined for an event that is not told. */
export function noticeOf(event: BusEvent): { readonly customerId: string; readonly notice: Notice } | undefined {
  const telling = TELLINGS[event.type]?.(event.data);
  if (telling === undefined) return undefined;
  const { orderId, customerId } = event.data as { readonly orderId: string; readonly customerId: string };
  return { customerId, notice: { noticeId: event.id, type: telling.type, orderId, time: event.time, ...telling.details } };
}
