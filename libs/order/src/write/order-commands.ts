import type { EpochMs, Money } from '@tillroll/kernel';
import type { OrderLine } from './order-line';
import type { AttemptStatus, NextAction, RefundStatus, Transaction } from './payment-attempt';

export type OrderCommand =
  | {
      readonly type: 'PlaceOrder';
      readonly requestId: string;
      readonly orderId: string;
      readonly customerId: string;
      readonly cartId: string;
      readonly lines: readonly OrderLine[];
      readonly total: Money;
      readonly address: string;
      readonly at: EpochMs;
      readonly paymentWindowMs: number;
    }
  | { readonly type: 'RecordStockHeld' }
  | { readonly type: 'RecordStockCommitted' }
  | { readonly type: 'RecordStockReleased' }
  /** The goods of a confirmed order are gone: it cannot be served. */
  | { readonly type: 'RecordStockLost' }
  | { readonly type: 'RejectOrder'; readonly code: string; readonly detail: Readonly<Record<string, unknown>> }
  /** The checkout was not finished within its lease. */
  | { readonly type: 'AbandonCheckout' }
  | {
      readonly type: 'StartPayment';
      readonly paymentId: string;
      readonly amount: Money;
      readonly method: string;
      readonly returnUrl?: string;
      readonly at: EpochMs;
    }
  /** The customer still waits for the provider's first answer. */
  | { readonly type: 'AskForPaymentAgain'; readonly paymentId: string }
  | {
      readonly type: 'RecordPayment';
      readonly paymentId: string;
      readonly status: AttemptStatus;
      readonly nextAction?: NextAction;
      readonly reasonCode?: string;
      readonly retryable?: boolean;
      readonly captured?: Money;
      readonly transaction?: Transaction;
    }
  | {
      readonly type: 'RecordRefund';
      readonly paymentId: string;
      readonly refundId: string;
      readonly amount: Money;
      readonly status: RefundStatus;
    }
  | { readonly type: 'ExpireOrder'; readonly at: EpochMs }
  | { readonly type: 'CancelOrder'; readonly reason: string; readonly note?: string; readonly by: 'customer' | 'admin' | 'system' }
  /** Cancels a pending order, leaves any other as it is. */
  | { readonly type: 'CancelIfPending'; readonly reason: string }
  | { readonly type: 'AdvanceOrder'; readonly to: 'processing' | 'shipped' | 'delivered'; readonly note?: string; readonly tracking?: string };
