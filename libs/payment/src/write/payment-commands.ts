import type { EpochMs, Money } from '@tillroll/kernel';
import type { GatewayIntent, GatewayRefund } from '../gateway/port';

export type PaymentCommand =
  | {
      readonly type: 'InitiatePayment';
      readonly paymentId: string;
      readonly orderId: string;
      readonly customerId: string;
      readonly amount: Money;
      readonly method: string;
      readonly returnUrl?: string;
      readonly provider: string;
      readonly payUntil: string;
    }
  /** What the provider itself says about the intent, asked just now. */
  | { readonly type: 'RecordGatewayOutcome'; readonly intent: GatewayIntent }
  /** What a message said about the intent: only compared with what is owed, never believed. */
  | { readonly type: 'CompareReportedAmount'; readonly intent: GatewayIntent }
  /** The provider definitely did not create the intent. */
  | { readonly type: 'RecordGatewayRefusal'; readonly reasonCode: string }
  /** The provider was searched and shows no intent of this payment. */
  | { readonly type: 'RecordAbsence'; readonly at: EpochMs }
  /** The provider does not know the reference of an intent that is to be canceled. */
  | { readonly type: 'RecordNothingToCancel' }
  | { readonly type: 'RequestVoid'; readonly at: EpochMs }
  | { readonly type: 'RequestCapture' }
  | { readonly type: 'SchedulePaymentCheck'; readonly outcome: 'unanswered' | 'unchanged'; readonly at: EpochMs }
  | RefundCommand;

export type RefundCommand =
  | {
      readonly type: 'RequestRefund';
      readonly refundId: string;
      readonly amount: Money;
      readonly reason: string;
      readonly at: EpochMs;
      /** Pay back what is left when that is less: others may have asked for a refund meanwhile. */
      readonly orWhatIsLeft?: true;
    }
  | {
      readonly type: 'RecordRefundOutcome';
      readonly refundId: string;
      /** The outcome of another attempt than the present one changes nothing. */
      readonly attempt: number;
      readonly outcome: Pick<GatewayRefund, 'status' | 'reference' | 'reasonCode' | 'time'> | { readonly status: 'refused'; readonly reasonCode: string };
      readonly at: EpochMs;
      /** How long after each failed attempt the next one is made. */
      readonly retryAfterMs: readonly number[];
    }
  | { readonly type: 'RetryRefund'; readonly refundId: string; readonly by: 'schedule' | 'admin'; readonly at: EpochMs }
  | { readonly type: 'ScheduleRefundCheck'; readonly refundId: string; readonly outcome: 'unanswered' | 'unchanged'; readonly at: EpochMs };
