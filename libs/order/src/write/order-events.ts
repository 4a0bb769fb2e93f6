import type { Money } from '@tillroll/kernel';
import type { OrderLine } from './order-line';
import type { AttemptStatus, NextAction, RefundStatus, Transaction } from './payment-attempt';

interface OfOrder {
  readonly orderId: string;
  readonly customerId: string;
}
interface OfPayment extends OfOrder {
  readonly paymentId: string;
}
type Detail = Readonly<Record<string, unknown>>;

export type OrderEvent =
  | (OfOrder & {
      readonly type: 'OrderPlaced';
      /** The request (command id) that it was placed for. */
      readonly requestId: string;
      readonly cartId: string;
      readonly lines: readonly OrderLine[];
      readonly total: Money;
      /** Sealed with the customer's key. */
      readonly address: string;
      readonly placedAt: string;
      readonly expiresAt: string;
    })
  | (OfOrder & { readonly type: 'OrderStockHeld'; readonly cartId: string })
  | (OfOrder & { readonly type: 'OrderStockCommitted' })
  | (OfOrder & { readonly type: 'OrderStockReleased' })
  | (OfOrder & { readonly type: 'OrderRejected'; readonly cartId: string; readonly code: string; readonly detail: Detail })
  | (OfPayment & {
      readonly type: 'OrderPaymentRequested';
      readonly amount: Money;
      readonly method: string;
      readonly returnUrl?: string;
      readonly payUntil: string;
    })
  | (OfPayment & { readonly type: 'OrderPaymentJoined'; readonly askedFor: string })
  | (OfPayment & { readonly type: 'OrderPaymentAskedAgain' })
  | (OfPayment & {
      readonly type: 'OrderPaymentUpdated';
      readonly status: AttemptStatus;
      readonly nextAction?: NextAction;
      readonly reasonCode?: string;
      readonly retryable?: boolean;
      readonly captured?: Money;
      readonly transaction?: Transaction;
    })
  | (OfPayment & { readonly type: 'OrderRefundUpdated'; readonly refundId: string; readonly amount: Money; readonly status: RefundStatus })
  | (OfPayment & { readonly type: 'OrderConfirmed'; readonly amount: Money; readonly paymentStatus: 'paid' | 'authorized' })
  | (OfOrder & { readonly type: 'OrderExpired' })
  | (OfOrder & { readonly type: 'OrderCanceled'; readonly reason: string; readonly note?: string; readonly by: 'customer' | 'admin' | 'system' })
  | (OfOrder & { readonly type: 'OrderProcessing'; readonly note?: string })
  | (OfOrder & { readonly type: 'OrderShipped'; readonly note?: string; readonly tracking?: string })
  | (OfOrder & { readonly type: 'OrderDelivered'; readonly note?: string })
  | (OfPayment & { readonly type: 'OrderVoidRequired' })
  | (OfPayment & { readonly type: 'OrderRefundRequired'; readonly refundId: string; readonly amount: Money; readonly reason: string })
  | (OfPayment & { readonly type: 'PaymentReturned'; readonly amount: Money })
  | (OfOrder & { readonly type: 'CompensationCompleted' });
