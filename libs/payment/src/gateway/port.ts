import type { EpochMs, Money } from '@tillroll/kernel';

/**
 * Where an intent stands at the provider. `captured`, `failed` and `canceled` are final there;
 * an intent whose time at the provider ran out is `canceled` with the reason code `expired`.
 */
export type GatewayIntentStatus = 'requires_action' | 'processing' | 'authorized' | 'captured' | 'failed' | 'canceled';

/** `pending` ends in one of the others. A failed refund stays failed: trying again is a new one with a new key. */
export type GatewayRefundStatus = 'pending' | 'succeeded' | 'failed';

/** Why a provider did not do it, in this shop's words. Never the provider's own text. */
export type GatewayReasonCode =
  | 'card_declined'
  | 'insufficient_funds'
  | 'card_expired'
  | 'authentication_failed'
  | 'processing_error'
  | 'expired'
  | 'canceled'
  | 'refund_declined'
  | 'unknown';

/** What the provider knows of one payment. Plain JSON. */
export interface GatewayIntent {
  /** The provider's own id. */
  readonly reference: string;
  /** As given at creation; missing in intents that another program created with the same account. */
  readonly paymentId?: string;
  readonly orderId?: string;
  readonly method: string;
  readonly status: GatewayIntentStatus;
  readonly amount: Money;
  /** Taken so far, refunds not deducted. */
  readonly captured: Money;
  /** Paid back so far, succeeded refunds only. */
  readonly refunded: Money;
  /** With `failed` and `canceled`. */
  readonly reasonCode?: GatewayReasonCode;
  /** With `failed`: whether a new attempt with the same method may succeed. */
  readonly retryable?: boolean;
  /** With `requires_action`. */
  readonly nextAction?: { readonly type: 'redirect'; readonly url: string; readonly expiresAt: string };
  /** When the provider last changed it, RFC 3339 UTC. */
  readonly time: string;
}

/** One attempt to pay back. Plain JSON. */
export interface GatewayRefund {
  /** The provider's own id of the attempt. */
  readonly reference: string;
  /** The provider's id of the intent. */
  readonly intentReference: string;
  /** As given at creation; several attempts may carry the same one. */
  readonly refundId?: string;
  readonly paymentId?: string;
  readonly orderId?: string;
  readonly status: GatewayRefundStatus;
  readonly amount: Money;
  /** With `failed`. */
  readonly reasonCode?: GatewayReasonCode;
  readonly time: string;
}

/**
 * A genuine message of the provider. Plain JSON, so that it can be stored as it is.
 * `eventId` is the same in every delivery of one message. Messages come late, twice, in any order, or never.
 */
export type GatewayNotification = {
  readonly provider: string;
  readonly eventId: string;
  /** The provider's own word, for logs. */
  readonly type: string;
  /** When the provider says that it happened, RFC 3339 UTC. */
  readonly time: string;
} & (
  | { readonly about: 'intent'; readonly intent: GatewayIntent }
  | { readonly about: 'refund'; readonly refund: GatewayRefund }
  /** Nothing that this shop acts on: acknowledge and forget. */
  | { readonly about: 'other' }
);

export interface CreateIntent {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: Money;
  readonly method: string;
  /** Where the customer's browser goes after a redirect. */
  readonly returnUrl?: string;
  /** The provider's idempotency key: the same key and the same request always mean the same intent. */
  readonly gatewayKey: string;
  /** Reserve now, {@link PaymentGateway.capture} later. Default: as the method does. */
  readonly captureLater?: boolean;
  /** The customer cannot pay after this. A provider may end it earlier. Repeat it unchanged with the same key. */
  readonly payUntil?: EpochMs;
}

export interface CreateRefund {
  /** The provider's id of the intent. */
  readonly reference: string;
  readonly refundId: string;
  readonly amount: Money;
  /** A new one for every attempt, the same one when the outcome of an attempt is unknown. */
  readonly key: string;
}

export interface FindIntents {
  readonly orderId?: string;
  /** From {@link GatewayIntents.next}. */
  readonly cursor?: string;
  /** 1..100, default 20. */
  readonly limit?: number;
}

/** Newest first. */
export interface GatewayIntents {
  readonly intents: readonly GatewayIntent[];
  /** Missing on the last page. */
  readonly next?: string;
}

export interface CallOptions {
  /** Ends the wait; the outcome is then unknown. Every call ends by itself after the adapter's time limit too. */
  readonly signal?: AbortSignal;
}

/** Header names in lower case. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * A payment provider. Every call rejects with {@link GatewayUnavailable} when its outcome is unknown or the provider
 * was not reached (repeat it with the same key), and with {@link GatewayRefused} when the provider definitely did not
 * do it. A declined card is neither: it is an intent with the status `failed`.
 */
export interface PaymentGateway {
  /** Its name in `/v1/webhooks/{provider}` and in transactions. */
  readonly provider: string;
  /** Refused with `unsupported_method`, `invalid_request` or `key_reused`. */
  createIntent(request: CreateIntent, options?: CallOptions): Promise<GatewayIntent>;
  /** Refused with `not_found`. */
  getIntent(reference: string, options?: CallOptions): Promise<GatewayIntent>;
  listIntents(query: FindIntents, options?: CallOptions): Promise<GatewayIntents>;
  /** Takes all the reserved money; an intent already captured is answered as it is. Refused with `not_capturable`, `not_found`. */
  capture(reference: string, key: string, options?: CallOptions): Promise<GatewayIntent>;
  /**
   * Gives up before any money is taken; an intent already canceled is answered as it is.
   * Refused with `not_found`, and with `not_cancelable` when it is captured or failed, or `processing`: the bank is at
   * it and cannot be stopped, so that it may still be captured.
   */
  cancel(reference: string, key: string, options?: CallOptions): Promise<GatewayIntent>;
  /** Refused with `refund_exceeds_captured`, `not_found`, `key_reused`. A refund that the bank declines has the status `failed`. */
  refund(request: CreateRefund, options?: CallOptions): Promise<GatewayRefund>;
  /** Refused with `not_found`. */
  getRefund(reference: string, options?: CallOptions): Promise<GatewayRefund>;
  /** Throws {@link InvalidSignature}. `rawBody` is the body exactly as it came. */
  verifyWebhook(headers: WebhookHeaders, rawBody: Buffer | string): GatewayNotification;
  /** Calls under way are ended; they reject with {@link GatewayUnavailable}. */
  close(): Promise<void>;
}

/** Injection token of the {@link PaymentGateway}. */
export const PAYMENT_GATEWAY = Symbol('PaymentGateway');

/** Not reached, timed out, overloaded or failing: the call may or may not have taken effect. Repeat it with the same key. */
export class GatewayUnavailable extends Error {
  override readonly name = 'GatewayUnavailable';
  constructor(
    message: string,
    options?: ErrorOptions & {
      /** What the provider asked for. */
      readonly retryAfterMs?: number;
    },
  ) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
  readonly retryAfterMs: number | undefined;
}

export type GatewayRefusal =
  | 'unsupported_method'
  | 'invalid_request'
  | 'key_reused'
  | 'not_found'
  | 'not_capturable'
  | 'not_cancelable'
  | 'refund_exceeds_captured';

/** The provider understood and definitely did not do it. Repeating it changes nothing. */
export class GatewayRefused extends Error {
  override readonly name = 'GatewayRefused';
  constructor(
    readonly code: GatewayRefusal,
    /** How the intent stands instead, when the provider said so. */
    readonly intent?: GatewayIntent,
  ) {
    super(`the payment provider refused: ${code}`);
  }
}

/** The message is not from the provider, is too old, or was changed on its way. */
export class InvalidSignature extends Error {
  override readonly name = 'InvalidSignature';
}
