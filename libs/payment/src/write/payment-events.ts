import type { Money } from '@tillroll/kernel';

export interface NextAction {
  readonly type: 'redirect';
  readonly url: string;
  readonly expiresAt: string;
}

export type VoidReason = 'canceled' | 'expired';

interface OfPayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

interface OfRefund extends OfPayment {
  readonly refundId: string;
  readonly amount: Money;
}

interface Transaction {
  readonly amount: Money;
  readonly provider: string;
  /** The provider's own id. */
  readonly reference: string;
  readonly time: string;
}

export interface PaymentInitiated extends OfPayment {
  readonly type: 'PaymentInitiated';
  readonly amount: Money;
  readonly method: string;
  readonly returnUrl?: string;
  readonly provider: string;
  readonly payUntil: string;
}

export type PaymentEvent =
  | PaymentInitiated
  | (OfPayment & { readonly type: 'PaymentActionRequired'; readonly reference: string; readonly nextAction: NextAction })
  | (OfPayment & { readonly type: 'PaymentProcessing'; readonly reference: string })
  | (OfPayment & Transaction & { readonly type: 'PaymentAuthorized' })
  | (OfPayment & Transaction & { readonly type: 'PaymentCaptured' })
  | (OfPayment & { readonly type: 'PaymentFailed'; readonly reasonCode: string; readonly retryable: boolean })
  | (OfPayment & { readonly type: 'PaymentVoidRequested'; readonly because: VoidReason })
  | (OfPayment & { readonly type: 'PaymentCaptureRequested' })
  | (OfPayment & { readonly type: 'PaymentVoided' })
  | (OfPayment & { readonly type: 'PaymentExpired' })
  | (OfPayment & { readonly type: 'PaymentMismatchRecorded'; readonly expected: Money; readonly given: Money; readonly reference: string })
  | (OfPayment & { readonly type: 'PaymentCheckScheduled'; readonly outcome: 'unanswered' | 'unchanged' | 'absent'; readonly nextCheckAt: string })
  | RefundEvent;

export type RefundEvent =
  | (OfRefund & { readonly type: 'RefundRequested'; readonly reason: string })
  | (OfRefund & { readonly type: 'RefundPending'; readonly reference: string })
  | (OfRefund & { readonly type: 'RefundSucceeded'; readonly reference: string; readonly time: string })
  | (OfRefund & { readonly type: 'RefundFailed'; readonly reasonCode: string; readonly attempts: number; readonly nextAttemptAt?: string })
  | (OfRefund & { readonly type: 'RefundRetryRequested' })
  | (OfRefund & { readonly type: 'RefundNeedsAttention'; readonly reasonCode: string; readonly attempts: number })
  | (OfRefund & { readonly type: 'RefundCheckScheduled'; readonly outcome: 'unanswered' | 'unchanged'; readonly nextCheckAt: string });
